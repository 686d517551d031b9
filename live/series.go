package live

// point is a stretch of the curve: means over its steps.
type point struct {
	step int // the last
	n    int
	loss float64
	acc  float64
	lr   float64
}

// series keeps a curve of any length in bounded memory: when it is full, pairs of
// points become one, and a point then stands for twice as many steps.
type series struct {
	list   []point
	stride int // steps a point
	round  int // grows whenever the points are joined
	open   point
}

const mostPoints = 1024

func (c *series) add(step int, loss, acc, lr float64) {
	if c.stride == 0 {
		c.stride = 1
	}
	o := &c.open
	o.step, o.n, o.lr = step, o.n+1, lr
	o.loss += (loss - o.loss) / float64(o.n)
	o.acc += (acc - o.acc) / float64(o.n)
	if o.n < c.stride {
		return
	}
	if len(c.list) == mostPoints {
		c.join()
	}
	c.list = append(c.list, *o)
	*o = point{}
}

func (c *series) join() {
	half := c.list[:0]
	for i := 0; i+1 < len(c.list); i += 2 {
		a, b := c.list[i], c.list[i+1]
		n := float64(a.n + b.n)
		half = append(half, point{
			step: b.step, n: a.n + b.n, lr: b.lr,
			loss: (a.loss*float64(a.n) + b.loss*float64(b.n)) / n,
			acc:  (a.acc*float64(a.n) + b.acc*float64(b.n)) / n,
		})
	}
	c.list = half
	c.stride *= 2
	c.round++
}

// wire are the points as the page takes them: step, loss, accuracy, rate.
func wire(points []point) [][4]number {
	out := make([][4]number, len(points))
	for i, p := range points {
		out[i] = [4]number{number(p.step), number(p.loss), number(p.acc), number(p.lr)}
	}
	return out
}
