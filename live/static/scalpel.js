export function build(view, choose) {}
export function draw(view) {}
