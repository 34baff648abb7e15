// The worker's end: its first message is the data, all others are the trainer's.

// A message to oneself comes sooner than a timer, which browsers keep at 4 ms or more.
const { port1, port2 } = new MessageChannel();
const waiting = [];
port1.onmessage = () => waiting.shift()();
const soon = (work) => {
  waiting.push(work);
  port2.postMessage(null);
};

let receive;
onmessage = ({ data: message }) => {
  if (receive) receive(message);
  else receive = createTrainer(message, (state, transfer) => postMessage(state, transfer), soon);
};
