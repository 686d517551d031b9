// Package trainer turns a network and data into a trained network: optimizers,
// learning rate schedules, metrics, and the loop that ties them together.
//
//	run, err := trainer.Fit(ctx, net, trainer.Data{Train: train, Test: test}, trainer.Config{
//		Epochs:    30,
//		Optimizer: trainer.SGD{LR: 0.1, Momentum: 0.9, WeightDecay: 5e-4},
//		Schedule:  trainer.Cosine{},
//		Groups:    []trainer.Group{{Match: "**.bias", WeightDecay: -1}},
//	})
//
// A step is one update of the parameters with one mini-batch, or with several
// (Config.Accumulate); an epoch is one
// pass over the training data. An Optimizer is a formula with its settings, and
// uses PyTorch's formulas and defaults, as do the schedules. A Solver is an
// optimizer at work on one network: Fit makes its own, and it is also a
// gorgonia.Solver, so it works on bare Gorgonia graphs without the loop. For a
// loop of one's own, ParametersOf gives a solver what it updates.
package trainer
