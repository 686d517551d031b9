// Package live shows a network while it learns, in a browser: curves, the
// network's blocks coloured by what their gradients and activations do, and
// buttons to pause, step and stop.
//
//	page := live.New(live.Config{Title: "LeNet-5"})
//	address, err := page.Listen("127.0.0.1:8080")
//	defer page.Close()
//	run, err := trainer.Fit(ctx, net, data, trainer.Config{Hooks: []trainer.Hook{page.Hook(ctx)}})
//
// Watching changes no bit of what is learned, unless somebody changes something
// on the page, which is recorded. Training never waits for a viewer: each viewer
// takes from the common state what is new whenever its connection has room, and
// misses what was in between. Without viewers only the curve is kept. With some,
// looking into the network takes at most the share Config.Share of the time.
//
// The page belongs to this machine alone: requests that name another host or come
// from another origin are refused.
package live
