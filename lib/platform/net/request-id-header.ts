/**
 * The request header with the id of the request. Our web server sets it and drops any that a client sends. The log names
 * requests by this id.
 */
export const REQUEST_ID_HEADER = "x-latchkey-request-id";
