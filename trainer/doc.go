// Package trainer turns a network and data into a trained network: optimizers,
// learning rate schedules, metrics, and the loop that ties them together.
//
// Optimizers and schedules use PyTorch's formulas and defaults. An optimizer is
// also a gorgonia.Solver, so it works on bare Gorgonia graphs without the loop.
package trainer
