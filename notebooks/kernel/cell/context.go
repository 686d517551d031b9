package cell

import (
	"context"
	"go/ast"
	"os"
	"reflect"
	"sync"

	"github.com/cosmos72/gomacro/fast"
	"github.com/cosmos72/gomacro/xreflect"
)

// contextName is the variable through which a cell gets its context.
const contextName = "ctx"

// running is the cell under way: its context, and whether it asks for it.
var running struct {
	sync.Mutex
	ctx     context.Context
	cancel  context.CancelFunc // nil between cells
	asks    bool
	stopped int // how often the stop button was pressed
	started bool
	last    ast.Node
}

// declareContext makes the variable ctx, whose value each cell renews.
func declareContext(ir *fast.Interp) {
	running.ctx = context.Background()
	ir.DeclVar(contextName, ir.Comp.Universe.FromReflectType(reflect.TypeFor[context.Context]()), running.ctx)
}

// Begin gives the cell a context of its own. A ctx that a cell declared for
// itself stays as it is.
func Begin(ir *fast.Interp, nodes []ast.Node) {
	running.Lock()
	defer running.Unlock()
	before := running.ctx
	running.ctx, running.cancel = context.WithCancel(context.Background())
	running.asks, running.stopped, running.started = mentions(nodes, contextName), 0, true
	if len(nodes) > 0 {
		running.last = nodes[len(nodes)-1]
	}
	if place := ir.ValueOf(contextName); place.IsValid() && place.CanSet() {
		if now, ok := place.Interface().(context.Context); ok && now == before {
			place.Set(xreflect.ValueOf(running.ctx))
		}
	}
}

// End is the end of a cell. Its context ends with it.
func End() {
	running.Lock()
	defer running.Unlock()
	if running.cancel != nil {
		running.cancel()
		running.cancel = nil
	}
}

// interrupt stops the running cell: its context is cancelled, and unless the cell
// uses that, or the button is pressed again, the interpreter stops at the next
// statement. Between cells there is nothing to stop.
func interrupt(ir *fast.Interp, sig os.Signal) {
	running.Lock()
	defer running.Unlock()
	if running.cancel == nil {
		return
	}
	running.cancel()
	running.stopped++
	if !running.asks || running.stopped > 1 {
		ir.Interrupt(sig)
	}
}

// prepare is before a cell: nothing of it has run.
func prepare() {
	running.Lock()
	defer running.Unlock()
	running.started, running.last = false, nil
}

// mentions reports whether a cell has the identifier name.
func mentions(nodes []ast.Node, name string) bool {
	found := false
	for _, node := range nodes {
		if node == nil {
			continue
		}
		ast.Inspect(node, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && id.Name == name {
				found = true
			}
			return !found
		})
	}
	return found
}
