// Exporters as users might write them, by what is wrong with them; one is whole.
const success = { code: 0 };

export const brokenExporters = {
  whole: () => ({ export: (_spans, done) => done(success), shutdown: async () => {} }),
  throws: () => ({
    export() {
      throw new Error("broken");
    },
    shutdown: async () => {},
  }),
  "never-calls-back": () => ({ export() {}, shutdown: () => new Promise(() => {}) }),
  "calls-back-twice": () => ({
    export(_spans, done) {
      done(success);
      done(success);
    },
    shutdown: async () => {},
  }),
};
