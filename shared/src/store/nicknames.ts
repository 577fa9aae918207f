// The store of nicknames: one owner for each folded name, however many ask at once.

import { DeleteItemCommand, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { foldLookalikes } from '../rules/lookalikes.ts';
import { dynamo, isWritten, CONNECTIONS_TABLE as TableName } from './dynamo.ts';
import { nicknameKey, userNicknameKey } from './keys.ts';
import { yearFromNow } from './ttl.ts';

/** How long a nickname stays its owner's who says no hello. */
const KEEP_S = 30 * 24 * 60 * 60;
/** A claim younger than this is not renewed: two writes of every hello, for one day in thirty. */
const FRESH_MS = 24 * 60 * 60_000;

/**
 * Reserves the nickname for the user for another 30 days, and frees the one they had. False where it is another's, or
 * nothing of it can be seen. `mark` is new at each call: a user who takes a name again while an older call of theirs
 * is about to free it keeps it, and the worst that two devices can leave behind is a claim that nobody else gets for 30 days.
 */
export async function claimNickname(
  nickname: string,
  userId: string,
  mark: string,
): Promise<boolean> {
  const name = foldLookalikes(nickname);
  if (name === '') return false;
  if (!(await reserve(name, nickname, userId, mark))) return false;
  const { Attributes: before = {} } = await dynamo.send(
    new UpdateItemCommand({
      TableName,
      Key: userNicknameKey(userId),
      UpdateExpression:
        'SET folded = :name, display = :display, mark = :mark, claimedAt = :at, expiresAt = :end',
      ExpressionAttributeValues: {
        ':name': { S: name },
        ':display': { S: nickname },
        ':mark': { S: mark },
        ':at': { N: String(Date.now()) },
        ':end': { N: String(yearFromNow()) },
      },
      ReturnValues: 'ALL_OLD',
    }),
  );
  const old = before.folded?.S;
  if (old !== undefined && old !== name) await free(old, userId, before.mark?.S ?? '');
  return true;
}

/** Whether the user could claim it now; a moment later another may have. */
export async function isNicknameFree(nickname: string, userId: string): Promise<boolean> {
  const { Item } = await dynamo.send(
    new GetItemCommand({
      TableName,
      Key: nicknameKey(foldLookalikes(nickname)),
      ConsistentRead: true,
    }),
  );
  if (Item === undefined || Item.userId?.S === userId) return true;
  return Number(Item.expiresAt?.N ?? 0) < Math.floor(Date.now() / 1000);
}

/** What the user last went by, on whichever device; others may have taken it since, if that was 30 days ago. */
export const readNickname = async (userId: string): Promise<string | undefined> =>
  (await readHeldNickname(userId))?.nickname;

export interface HeldNickname {
  nickname: string;
  /** It was claimed today, as names fold today: it stands for another 29 days without being claimed again. */
  isFresh: boolean;
}

/** What the user last went by, in one consistent read. A claim of theirs under way elsewhere may change it at once. */
export async function readHeldNickname(userId: string): Promise<HeldNickname | undefined> {
  const { Item } = await dynamo.send(
    new GetItemCommand({ TableName, Key: userNicknameKey(userId), ConsistentRead: true }),
  );
  const nickname = Item?.display?.S;
  if (nickname === undefined) return undefined;
  const isYoung = Date.now() - Number(Item?.claimedAt?.N ?? 0) < FRESH_MS;
  return { nickname, isFresh: isYoung && Item?.folded?.S === foldLookalikes(nickname) };
}

async function reserve(
  name: string,
  display: string,
  userId: string,
  mark: string,
): Promise<boolean> {
  const nowS = Math.floor(Date.now() / 1000);
  return isWritten(
    dynamo.send(
      new UpdateItemCommand({
        TableName,
        Key: nicknameKey(name),
        // TTL deletes up to two days late: a claim that has run out binds nobody.
        ConditionExpression: 'attribute_not_exists(pk) OR userId = :me OR expiresAt < :now',
        UpdateExpression: 'SET userId = :me, display = :display, mark = :mark, expiresAt = :end',
        ExpressionAttributeValues: {
          ':me': { S: userId },
          ':display': { S: display },
          ':mark': { S: mark },
          ':now': { N: String(nowS) },
          ':end': { N: String(nowS + KEEP_S) },
        },
      }),
    ),
  );
}

/** Only the user's own, and only as they left it. */
const free = (name: string, userId: string, mark: string): Promise<boolean> =>
  isWritten(
    dynamo.send(
      new DeleteItemCommand({
        TableName,
        Key: nicknameKey(name),
        ConditionExpression: 'userId = :me AND mark = :mark',
        ExpressionAttributeValues: { ':me': { S: userId }, ':mark': { S: mark } },
      }),
    ),
  );
