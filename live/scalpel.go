package live

type table struct{}

func (*table) close() {}

type operations struct{}

func (d *desk) cuts(i int) (string, int) { return "", 0 }
