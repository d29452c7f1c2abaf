// Before anything of the app runs. zod would try whether it may compile code, which our pages' policy forbids and browsers
// report; set by name, as importing zod here would bring it to pages that need none of it.
Object.assign(globalThis, { __zod_globalConfig: { jitless: true } });
