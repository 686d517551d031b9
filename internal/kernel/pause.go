package kernel

// step is an atomic step in how threads hand over a task. Under the build tag
// delays a test holds threads back before chosen ones; otherwise pause is
// nothing.
type step int

const (
	// work and end
	claim   step = iota // take the next part
	finish              // count a part as finished
	decide              // the last part finished: does the caller sleep?
	signal              // wake the caller
	release             // stop looking at the task
	reuse               // put it up for the next section

	// worker
	look      // is there a task?
	doze      // say that it sleeps
	lookAgain // is there one now?
	rise      // there is: say that it does not sleep
	sleep     // wait to be woken
	leave     // be idle

	// offer
	idle   // is the worker idle?
	hold   // count it among those who look at the task
	hand   // give it the task
	unhold // somebody was faster
	rouse  // does it sleep?
	wake   // wake it

	// wait
	settled // are all parts finished?
	expect  // say that the caller sleeps
	meet    // wait for the last part

	steps
)
