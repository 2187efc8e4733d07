// How often the counter asks whether the server is there, and how long it waits: a break is said within the sum.

export const EVERY = 500; // milliseconds
export const PATIENCE = 2300;
