package cell

import (
	"go/ast"
	"go/token"
)

// missingReturn is the end of the first function of a cell that has results but
// does not end in a terminating statement, as the Go specification has it. The
// interpreter would return zeros there.
func missingReturn(nodes []ast.Node) token.Pos {
	found := token.NoPos
	check := func(t *ast.FuncType, body *ast.BlockStmt) {
		if found == token.NoPos && body != nil && t.Results.NumFields() > 0 && !ends(body) {
			found = body.Rbrace
		}
	}
	for _, node := range nodes {
		if node == nil {
			continue
		}
		ast.Inspect(node, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				check(n.Type, n.Body)
			case *ast.FuncLit:
				check(n.Type, n.Body)
			}
			return true
		})
	}
	return found
}

// ends reports whether nothing after the statement can be reached.
func ends(stmt ast.Stmt) bool {
	switch s := stmt.(type) {
	case *ast.ReturnStmt:
		return true
	case *ast.BranchStmt:
		return s.Tok == token.GOTO
	case *ast.ExprStmt:
		call, ok := s.X.(*ast.CallExpr)
		if !ok {
			return false
		}
		name, ok := call.Fun.(*ast.Ident)
		return ok && name.Name == "panic"
	case *ast.BlockStmt:
		return len(s.List) > 0 && ends(s.List[len(s.List)-1])
	case *ast.IfStmt:
		return s.Else != nil && ends(s.Body) && ends(s.Else)
	case *ast.ForStmt:
		return s.Cond == nil && !breaks(s.Body, "", true)
	case *ast.LabeledStmt:
		return ends(s.Stmt) && !breaks(s.Stmt, s.Label.Name, false)
	case *ast.SwitchStmt:
		return clausesEnd(s.Body, false)
	case *ast.TypeSwitchStmt:
		return clausesEnd(s.Body, false)
	case *ast.SelectStmt:
		return clausesEnd(s.Body, true) // it waits: it needs no default
	}
	return false
}

// clausesEnd is ends for a switch or select: a clause is always taken, and every
// one ends or falls through.
func clausesEnd(body *ast.BlockStmt, complete bool) bool {
	for _, clause := range body.List {
		var list []ast.Stmt
		switch c := clause.(type) {
		case *ast.CaseClause:
			list = c.Body
			complete = complete || c.List == nil
		case *ast.CommClause:
			list = c.Body
		}
		if len(list) == 0 {
			return false
		}
		last := list[len(list)-1]
		if b, ok := last.(*ast.BranchStmt); !(ok && b.Tok == token.FALLTHROUGH) && !ends(last) {
			return false
		}
		for _, s := range list {
			if breaks(s, "", true) {
				return false
			}
		}
	}
	return complete
}

// breaks reports whether a break inside of stmt leaves the statement around it:
// an unlabelled one that no inner loop, switch or select takes, or one with that
// label.
func breaks(stmt ast.Stmt, label string, unlabelled bool) bool {
	found := false
	ast.Walk(breakFinder{label, unlabelled, &found}, stmt)
	return found
}

type breakFinder struct {
	label      string
	unlabelled bool
	found      *bool
}

// Visit implements ast.Visitor.
func (f breakFinder) Visit(n ast.Node) ast.Visitor {
	switch n := n.(type) {
	case *ast.FuncLit:
		return nil
	case *ast.BranchStmt:
		if n.Tok == token.BREAK && (n.Label == nil && f.unlabelled || n.Label != nil && n.Label.Name == f.label) {
			*f.found = true
		}
	case *ast.ForStmt, *ast.RangeStmt, *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt:
		f.unlabelled = false
	}
	return f
}
