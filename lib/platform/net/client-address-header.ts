/** The request header with the client's address. Our web server sets it and drops any that a client sends. */
export const CLIENT_ADDRESS_HEADER = "x-latchkey-client-address";
