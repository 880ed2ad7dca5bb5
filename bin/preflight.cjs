// Runs on whatever Node there is (hence CommonJS and old syntax) and says what to do when Node 24 did not arrive with the install.
var major = Number(process.versions.node.split(".")[0]);
if (major < 24) {
  console.error(
    "Lectern needs Node 24 or newer; this is " +
      process.version +
      ".\n" +
      "The dev dependency node@24 brings its own, but its install script did not run (scripts switched off, or an incomplete install).\n" +
      "Fix: run `npm ci --ignore-scripts=false`, or `npm rebuild node`, or install Node 24 and start again.",
  );
  process.exit(3);
}
