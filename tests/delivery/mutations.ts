// Planted bugs: the definition with one thing taken out. The search must find a broken promise in each.
import { type Definition, readDefinition, type State } from './cast.ts';

function changed(change: (states: Record<string, State>) => void): Definition {
  const definition = readDefinition();
  change(definition.States);
  return definition;
}

function state(states: Record<string, State>, name: string): State {
  const found = states[name];
  if (!found) throw new Error(`The definition has no state ${name}`);
  return found;
}

const unconditional = (name: string) => () =>
  changed((states) => {
    const { Parameters } = state(states, name);
    delete Parameters?.ConditionExpression;
    delete Parameters?.ExpressionAttributeValues;
  });

const redirect = (name: string, from: string, to: string) => (states: Record<string, State>) => {
  const before = JSON.stringify(state(states, name));
  const after = before.replaceAll(`"${from}"`, `"${to}"`);
  if (after === before) throw new Error(`${name} does not lead to ${from}`);
  states[name] = JSON.parse(after);
};

/** What is planted → the definition that has it. */
export const PLANTED: Record<string, () => Definition> = {
  'no claim is looked up or made': () =>
    changed((states) => {
      redirect('CheckEvent', 'LookUpClaim', 'NotClaimed')(states);
      redirect('AssignSequence', 'ClaimMessage', 'PersistMessage')(states);
    }),
  'the claim is put without its condition': unconditional('ClaimMessage'),
  'the tick comes before the message is stored': () =>
    changed((states) => {
      redirect('ClaimMessage', 'PersistMessage', 'Broadcast')(states);
      redirect('Broadcast', 'Done', 'PersistMessage')(states);
      redirect('PersistMessage', 'Broadcast', 'Done')(states);
    }),
  'the message is put without its condition': unconditional('PersistMessage'),
  'who finds a tombstone gives up': () =>
    changed(redirect('WhatIsStored', 'LeaveFencedSequence', 'Done')),
  'who finds a tombstone draws anew and leaves the claim behind': () =>
    changed((states) => {
      redirect('LeaveFencedSequence', 'AssignSequence', 'AssignAnew')(states);
      states.AssignAnew = { ...state(states, 'AssignSequence'), Next: 'PersistMessage' };
    }),
  'who loses the race keeps the number it drew': () =>
    changed(redirect('ClaimMessage', 'ReadWinner', 'PersistMessage')),
  'a claim is taken for any words': () =>
    changed((states) => {
      redirect('IsSameMessage', 'RefuseReuse', 'ReadHead')(states);
      redirect('IsSameAsWinner', 'RefuseReuse', 'TakeWinnersSequence')(states);
    }),
  'a redrive tells its own event instead of what is stored': () =>
    changed(redirect('WhatIsStored', 'TakeStored', 'Broadcast')),
};
