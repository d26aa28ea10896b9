/** Changes of commands by the names under which histories know them. A name is never used again. */
export const PATCHES = {
  /** A person's ending of a case is refused while a message of its user is unread; 0.1.0 let it through. */
  unreadRefused: 'unread-refused',
  /** Users are told in their own language that their case changes hands; 0.1.0 spoke English to all. */
  ownLanguage: 'own-language',
  /** Redriving the undo of a task elsewhere that cannot be taken back ends it there; before, it was kept as it was. */
  remotesEnded: 'remotes-ended',
  /** Events of a deployment whose cases have a queue of their own leave by queues of its own; before, by those of all. */
  ownDeliveries: 'own-deliveries',
  /** What a user says is read by an activity; before, by a local one, which a replay may take together with what came between. */
  readOutside: 'read-outside',
} as const;
