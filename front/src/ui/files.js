// @ts-check
// A file that is dropped on the page or pasted gets an answer in words: it cannot be sent, and the browser shall not open it.

/** @param {DataTransfer | null} data */
const holdsFiles = (data) => data?.types.includes('Files') ?? false;

/** @param {{ field: HTMLElement, refuse: () => void, signal: AbortSignal }} options refuse: says so */
export function refuseFiles({ field, refuse, signal }) {
  /** @param {DragEvent} event */
  const dragged = (event) => {
    // Without it, the browser leaves the page for the file.
    if (holdsFiles(event.dataTransfer)) event.preventDefault();
  };
  /** @param {DragEvent} event */
  const dropped = (event) => {
    if (!holdsFiles(event.dataTransfer)) return;
    event.preventDefault();
    refuse();
  };
  /** @param {ClipboardEvent} event */
  const pasted = ({ clipboardData }) => {
    // What is copied from an office program is text and its picture: the text is pasted.
    if (holdsFiles(clipboardData) && !clipboardData?.types.includes('text/plain')) refuse();
  };
  document.addEventListener('dragover', dragged, { signal });
  document.addEventListener('drop', dropped, { signal });
  field.addEventListener('paste', pasted, { signal });
}
