/* The same as a CommonJS module, and with callbacks. */
let late = 0;

exports.calls_back = (event, context, callback) => {
   context.callbackWaitsForEmptyEventLoop = event.waits;
   setTimeout(() => {
      late++;
   }, 20);
   callback(event.fails ? new RangeError("no such order") : null, {
      get late() {
         return late;
      },
   });
};

exports.returns_nothing = () => {};
