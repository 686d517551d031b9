package graph

// Plan is the memory that the program of these settings would hold: Build without
// its memory, so that it answers also for what does not fit. Parameters that the
// store does not have yet are made as by Build, which takes next to nothing in one
// that is Uninitialized, however often it is used. Errors are Build's.
func Plan(net Block, params *Params, cfg Config) (Memory, error) {
	p, err := build(net, params, cfg, true)
	return p.Memory(), err
}
