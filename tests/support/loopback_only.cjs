// Loaded into every program of Node's that a test runs: no name but localhost is looked up.
// Some ask their maker for a newer version at each start, past the proxy in the environment and
// with no switch to stop it.
"use strict";

const dns = require("node:dns");
const { lookup } = dns;

dns.lookup = (name, ...more) => {
    if (["localhost", "127.0.0.1", "::1"].includes(name)) return lookup(name, ...more);
    const error = new Error(`${name}: a test stays on loopback`);
    process.nextTick(more.at(-1), Object.assign(error, { code: "ENOTFOUND" }));
};
