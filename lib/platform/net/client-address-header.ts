/**
 * The one request header that says where a request comes from. Our web server sets it and drops whatever a client
 * sends under this name.
 */
export const CLIENT_ADDRESS_HEADER = "x-latchkey-client-address";
