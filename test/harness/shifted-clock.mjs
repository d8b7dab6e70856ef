// Loaded into our processes before anything else: each SIGUSR2 moves their clock one step on, as a
// clock that was set does. Temporal's part in native code keeps the clock of the machine.
const hourMs = 3_600_000
const steps = [hourMs, -hourMs, 0]
const RealDate = Date
let offsetMs = 0

process.on('SIGUSR2', () => {
  offsetMs = steps.shift() ?? 0
})

globalThis.Date = class extends RealDate {
  constructor(...args) {
    if (args.length === 0) super(RealDate.now() + offsetMs)
    else super(...args)
  }

  static now() {
    return RealDate.now() + offsetMs
  }
}
