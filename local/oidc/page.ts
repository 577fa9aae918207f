// The pages of the small issuer: one that asks for a name, one that says what is wrong. No script, and no style of another origin.

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? '');

export const STYLE = `:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }
body { margin: 0; min-height: 100svh; display: grid; place-content: center; padding: 1rem }
form { display: grid; gap: 0.75rem; width: min(20rem, 90vw) }
input, button { font: inherit; padding: 0.6rem 0.75rem; border-radius: 0.5rem; border: 1px solid GrayText }
button { cursor: pointer }
.problem { margin: 0 }
`;

const page = (title: string, body: string): string => `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>${title}</title><meta name="viewport" content="width=device-width">
<link rel="stylesheet" href="style.css"></head>
<body><main><h1>${title}</h1>${body}</main></body>
</html>
`;

/** `question`: every field of the authorization request, sent again with the name. */
export function askName(question: URLSearchParams, problem = ''): string {
  const fields = [...question]
    .filter(([name]) => name !== 'name')
    .map(
      ([name, value]) => `<input type="hidden" name="${escaped(name)}" value="${escaped(value)}">`,
    )
    .join('\n');
  return page(
    'Who are you?',
    `<p>This issuer runs on your machine, and believes any name.</p>
<form method="post" action="authorize">
${fields}
<label for="name">Name</label>
<input id="name" name="name" required maxlength="64" autocomplete="username" autofocus>
<p class="problem" role="alert">${escaped(problem)}</p>
<button>Sign in</button>
</form>`,
  );
}

export const tellWrong = (why: string): string =>
  page('This does not work', `<p class="problem">${escaped(why)}</p>`);
