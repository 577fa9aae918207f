// What DynamoDB bills for reading items: units of 4 KB, of whole items, whatever is projected or filtered.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html

const UNIT_BYTES = 4 * 1024;

interface Value {
  S?: string | undefined;
  N?: string | undefined;
}

/** An item's size in bytes: UTF-8 of names and texts; a number costs a byte for two digits, and one. */
export const itemBytes = (item: Record<string, Value>): number =>
  Object.entries(item).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + valueBytes(value),
    0,
  );

function valueBytes({ S, N }: Value): number {
  if (S !== undefined) return Buffer.byteLength(S);
  return N === undefined ? 1 : Math.ceil(N.replace(/\D/g, '').length / 2) + 1;
}

/** The units of one consistent Query that reads so many bytes; half of it where it is eventually consistent. */
export const readUnits = (bytes: number): number => Math.max(1, Math.ceil(bytes / UNIT_BYTES));
