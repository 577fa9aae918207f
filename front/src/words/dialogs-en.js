// @ts-check
// English: the words of the dialogs, which come with them. What varies is a function of what varies.
import { plural } from './plural.js';

export const dialogsEn = {
  rooms: {
    cancel: 'Cancel',
    close: 'Close',
    openIt: 'Open it',
    waits: 'No connection. This will be done when you are back online.',
    findTitle: 'Find a room',
    findName: 'Room name',
    findHelp: 'You can join a private room only if you were invited.',
    publicRooms: 'Public rooms',
    noPublicRooms: 'There are no public rooms yet.',
    noneBegins: 'No public room has a name that begins like this.',
    morePublicRooms: 'There are more rooms. Type the beginning of the name.',
    loadingRooms: 'Loading rooms…',
    joinIt: 'Join',
    joined: 'Joined',
    askTitle: (/** @type {string} */ room) => `Join ${room}?`,
    askHelp: 'You followed a link to this room. You have not joined it yet.',
    askLooks: 'Looking for this room…',
    askUnknown: 'There is no such room, or it is private.',
    createTitle: 'New room',
    createName: 'Name',
    createHelp:
      'Letters, digits, - and _, up to 64. It begins with a letter or a digit. A space becomes -, and a capital letter a small one.',
    /** @template T @param {T} name @returns {(T | string)[]} */
    becomes: (name) => ['It will be called ', name, '.'],
    createPublic: 'Public: everyone can find and join it',
    createPrivate: 'Private: invited people only',
    createIt: 'Create',
    inviteFirst: 'Invite someone…',
    inviteTitle: (/** @type {string} */ room) => `Invite someone to ${room}`,
    inviteWho: 'Who',
    inviteNobody:
      'There is nobody to invite yet. You can invite people after you meet them in another room.',
    inviteIt: 'Invite',
    invited: (/** @type {string} */ name) => `${name} is invited.`,
    removeFirst: 'Remove someone…',
    removeTitle: (/** @type {string} */ room) => `Remove someone from ${room}`,
    removeWho: 'Who',
    removeHelp: 'They can no longer read this room, unless they are invited again.',
    removeIt: 'Remove from the room',
    removed: (/** @type {string} */ name) => `${name} is no longer in the room.`,
    declineIt: 'Decline',
    declineForGood: 'Yes, decline',
    declineHelp: 'Decline this invitation? You can join only if you are invited again.',
    leaveIt: 'Leave the room',
    leaveTitle: (/** @type {string} */ room) => `Leave ${room}?`,
    leavePublic: 'You will no longer see its messages. You can come back at any time.',
    leavePrivate:
      'You will no longer see its messages. This room is private: you can come back only if its owner invites you again.',
    leaveOwn:
      'You will no longer see its messages. This room is yours: while you are gone, nobody can invite or remove people. You can come back: find it by its exact name. You cannot hand it over to someone else yet.',
    leaveUnsent: (/** @type {number} */ n) =>
      plural('en', n, {
        one: 'One of your messages here was not sent. The room stays in your list until you send or delete it.',
        other:
          '# of your messages here were not sent. The room stays in your list until you send or delete them.',
      }),
    problems: {
      NoSuchRoom: 'There is no such room, or it is private.',
      Forbidden: 'Only the owner of a private room may do that.',
      TooManyRooms:
        'You are in too many rooms, or have created too many today. Leave one, or try again tomorrow.',
      NotInRoom: 'You are not in this room.',
      NameEmpty: 'Type a name first.',
      NameTooLong: 'This name is too long. A room name has at most 64 characters.',
      NameMalformed:
        'This name cannot be used. Use letters, digits, - and _, and begin with a letter or a digit.',
      BadField: 'The server cannot use this name.',
      AlreadyIn: 'You are already in a room of this name.',
      RoomTaken: 'There is already a public room of this name.',
      NameTaken: 'This name, or one that looks like it, is not available. Choose another.',
      TooManyInvitations:
        'You have sent enough invitations for now. Wait for an answer, or try again tomorrow.',
      other: 'That did not work. Try again in a moment.',
    },
  },
  nickname: {
    nicknameTitle: 'Your nickname',
    nicknameLabel: 'Nickname',
    nicknameHelp: 'Everyone sees it next to your messages. You can change it at any time.',
    nicknameEmpty: 'Type a name first.',
    nicknameTooLong: 'A nickname has at most 32 characters.',
    nicknameUnseemly: 'This name has an invisible character.',
    /** @template T @param {T} name @returns {(T | string)[]} */
    nicknameTaken: (name) => ['“', name, '” is taken or not allowed.'],
    nicknameFailed: 'That did not work. Try again in a moment.',
    /** @template T @param {T} name @returns {(T | string)[]} */
    takeSuggestion: (name) => ['Use “', name, '”'],
    save: 'Save',
    cancel: 'Cancel',
  },
  settings: {
    title: 'Settings',
    appearance: 'Appearance',
    auto: 'System',
    light: 'Light',
    dark: 'Dark',
    language: 'Language',
    autoLanguage: 'Browser language',
    notify: 'Notify me while this page is hidden',
    notifyRefused:
      'The browser does not allow it. Allow notifications for this page in the browser first.',
    signOut: 'Sign out',
    address: 'Another server',
    now: 'Now:',
    addressHelp: 'Leave it empty to use the server of this page.',
    reset: 'Reset to default',
    cancel: 'Cancel',
    save: 'Save',
    wrongAddress: {
      notAnAddress: 'That is not an address, such as wss://chat.example.org/dev.',
      carriesName: 'An address must not carry a name or password.',
      carriesHash: 'An address must not carry a # part.',
      notWss: 'The address must begin with wss://.',
      notEncrypted: 'ws:// is not encrypted and is accepted for localhost only; use wss://.',
    },
  },
};
