// docs/decisions: every decision has a date and a status, stands in the index, and cites only what a reader can open.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';

const ROOT = resolve(import.meta.dirname, '..');
const FOLDER = join(ROOT, 'docs/decisions');
const read = (page: string) => readFileSync(join(FOLDER, page), 'utf8');
const areas = readdirSync(FOLDER).filter((page) => page !== 'README.md');

const STATUS =
  /^(\d{4}-\d\d-\d\d), (?:(accepted)|(superseded(?: in part)?) by \[[^\]]+\]\(([^)]+)\))\.$/;
const anchorOf = (title: string) =>
  title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}_\- ]/gu, '')
    .replaceAll(' ', '-');

const decisions = areas.flatMap((page) =>
  read(page)
    .split(/^## /m)
    .slice(1)
    .map((entry) => {
      const [title = '', , line = '', , ...body] = entry.split('\n');
      const [, date, accepted, superseded, successor] = STATUS.exec(line) ?? [];
      return {
        page,
        title,
        date,
        status: accepted ?? superseded,
        successor,
        text: body.join('\n').trim(),
      };
    }),
);

describe('docs/decisions', () => {
  test('has decisions in every area', () => {
    for (const page of areas)
      expect([page, decisions.some((one) => one.page === page)]).toEqual([page, true]);
  });

  test.each(decisions)('$title has a date, a status and a text', ({ date, status, text }) => {
    expect([date, status]).toEqual([
      expect.stringMatching(/^20\d\d-\d\d-\d\d$/),
      expect.any(String),
    ]);
    expect(text.length).toBeGreaterThan(100);
  });

  test('a superseded decision names a successor that is there', () => {
    const anchors = decisions.map(({ page, title }) => `${page}#${anchorOf(title)}`);
    const named = decisions.flatMap(({ page, successor }) =>
      successor === undefined ? [] : [successor.startsWith('#') ? page + successor : successor],
    );
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((anchor) => !anchors.includes(anchor))).toEqual([]);
  });

  test('the index has each of them, with its date and status, and no other', () => {
    const listed = [
      ...read('README.md').matchAll(/^\| \[(.+)\]\((.+)\) \| (.+) \| (.+) \|$/gm),
    ].map(([, title, link, date, status]) => ({ title, link, date, status }));
    const expected = decisions.map(({ page, title, date, status }) => ({
      title: title.replaceAll('|', '&#124;'),
      link: `${page}#${anchorOf(title)}`,
      date,
      status,
    }));
    type Row = { link: string | undefined };
    const byLink = (a: Row, b: Row) => (a.link ?? '').localeCompare(b.link ?? '');
    expect(listed.toSorted(byLink)).toEqual(expected.toSorted(byLink));
  });

  test('no decision cites a document that is not in the repository', () => {
    const closed =
      /the design (?:has|lets|shows|had|keys)|beside the repository|\bissue \d|the issue (?:asks|wants)|the plan was/i;
    expect(decisions.filter(({ text }) => closed.test(text)).map(({ title }) => title)).toEqual([]);
  });

  test('a path of the repository that a decision cites is there', () => {
    const paths = decisions.flatMap(({ title, text }) =>
      [
        ...text.matchAll(/`((?:api|shared|workflows|front|local|tests|docs|bench)\/[\w./-]+)`/g),
      ].map(([, path = '']) => ({ title, path })),
    );
    expect(paths.length).toBeGreaterThan(20);
    expect(paths.filter(({ path }) => !existsSync(join(ROOT, path)))).toEqual([]);
  });
});
