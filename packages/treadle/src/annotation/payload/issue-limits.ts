/** Issues that are told of one payload; a client that breaks more rules gets the first ones. */
export const MOST_ISSUES = 20;

/** Characters of a rule's message: it may repeat what the client sent. */
export const LONGEST_MESSAGE = 200;

/** Characters of a key in a path: the client may have chosen it. */
export const LONGEST_KEY = 100;
