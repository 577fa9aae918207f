// The MD5 sums that SDKs verify: of a message's body and of its attributes.
import { createHash } from 'node:crypto';

export interface MessageAttribute {
  DataType: string;
  StringValue?: string;
  /** Base64, as JSON carries bytes. */
  BinaryValue?: string;
}

export const md5OfBody = (body: string): string => createHash('md5').update(body).digest('hex');

/**
 * MD5 over the attributes by name, each as length-prefixed name, type, transport (1 text, 2 bytes) and value:
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html
 */
export function md5OfAttributes(attributes: Record<string, MessageAttribute>): string {
  const hash = createHash('md5');
  const add = (value: string | Buffer) => {
    const bytes = Buffer.from(value);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    hash.update(length).update(bytes);
  };
  for (const name of Object.keys(attributes).sort()) {
    const { DataType = '', StringValue, BinaryValue = '' } = attributes[name] ?? {};
    add(name);
    add(DataType);
    const isBinary = DataType.startsWith('Binary');
    hash.update(Buffer.from([isBinary ? 2 : 1]));
    add(isBinary ? Buffer.from(BinaryValue, 'base64') : (StringValue ?? ''));
  }
  return hash.digest('hex');
}
