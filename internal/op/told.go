package op

// Told says of an operation what drawings and tables tell.
type Told struct {
	Name     string // "conv2d"
	Type     string // the Go type that readers know its kind by: "ops.conv2D"
	Settings string // as in an operation's attributes: "stride=2x2 groups=1"
}

// Teller is an Operation that is told as another one that computes the same, on
// values that are laid out otherwise.
type Teller interface {
	Tell() Told
}
