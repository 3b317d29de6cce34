// SPDX-License-Identifier: GPL-2.0
/* Own times of functions, from the durations that function_graph tells at each return; and two sides compared. */
#include "rxs_graph.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define RARE 100

struct call {
	u32 made;	/* calls of others */
	u32 self_ns;
};

struct function {
	char *name;
	struct call *call;
	u32 nr, cap;
};

/* A task's calls. By depth: what returned since its caller, which has not returned, was entered. */
struct stack {
	int task;
	u64 children_ns[RXS_GRAPH_DEPTH_MAX + 1];
	u32 children[RXS_GRAPH_DEPTH_MAX + 1];
};

struct rxs_graph {
	struct function *v;	/* open addressing by name */
	u32 nr, mask;
	struct stack *stack;
	u32 nr_stacks, last;	/* last: found last */
	u64 lost;
	u64 shortest_ns;
};

int rxs_graph_new(struct rxs_graph **out)
{
	struct rxs_graph *g = calloc(1, sizeof(*g));

	if (g) {
		g->mask = 1023;
		g->v = calloc(g->mask + 1, sizeof(*g->v));
	}
	if (!g || !g->v) {
		free(g);
		return -ENOMEM;
	}
	*out = g;
	return 0;
}

void rxs_graph_free(struct rxs_graph *g)
{
	if (!g)
		return;
	for (u32 i = 0; i <= g->mask; i++) {
		free(g->v[i].name);
		free(g->v[i].call);
	}
	free(g->v);
	free(g->stack);
	free(g);
}

static u32 hash(const char *s)
{
	u32 h = 2166136261u;

	while (*s)
		h = (h ^ (u8)*s++) * 16777619u;
	return h;
}

/* The function's place, or the free one where it belongs. */
static struct function *place(struct function *v, u32 mask, const char *name)
{
	u32 i = hash(name) & mask;

	while (v[i].name && strcmp(v[i].name, name))
		i = (i + 1) & mask;
	return &v[i];
}

static int grow(struct rxs_graph *g)
{
	u32 mask = 2 * g->mask + 1;
	struct function *more = calloc(mask + 1, sizeof(*more));

	if (!more)
		return -ENOMEM;
	for (u32 i = 0; i <= g->mask; i++)
		if (g->v[i].name)
			*place(more, mask, g->v[i].name) = g->v[i];
	free(g->v);
	g->v = more;
	g->mask = mask;
	return 0;
}

static struct function *find(struct rxs_graph *g, const char *name)
{
	struct function *f = place(g->v, g->mask, name);

	if (f->name)
		return f;
	if (2 * g->nr > g->mask) {
		if (grow(g))
			return NULL;
		f = place(g->v, g->mask, name);
	}
	f->name = strdup(name);
	g->nr += f->name != NULL;
	return f->name ? f : NULL;
}

static struct stack *stack_of(struct rxs_graph *g, int task)
{
	struct stack *more;

	if (g->last < g->nr_stacks && g->stack[g->last].task == task)
		return &g->stack[g->last];
	for (g->last = 0; g->last < g->nr_stacks; g->last++)
		if (g->stack[g->last].task == task)
			return &g->stack[g->last];
	more = realloc(g->stack, (g->nr_stacks + 1) * sizeof(*more));
	if (!more)
		return NULL;
	g->stack = more;
	more += g->nr_stacks++;
	memset(more, 0, sizeof(*more));
	more->task = task;
	return more;
}

static int add_call(struct function *f, u32 made, u64 self_ns)
{
	struct call *more;

	if (f->nr == f->cap) {
		f->cap = f->cap ? 2 * f->cap : 16;
		more = realloc(f->call, f->cap * sizeof(*more));
		if (!more)
			return -ENOMEM;
		f->call = more;
	}
	f->call[f->nr].made = made;
	f->call[f->nr++].self_ns = self_ns < UINT32_MAX ? (u32)self_ns : UINT32_MAX;
	return 0;
}

int rxs_graph_exit(struct rxs_graph *g, int task, unsigned int depth, const char *function, u64 ns)
{
	struct function *f = find(g, function);
	struct stack *s = stack_of(g, task);
	u64 children_ns;
	u32 children;

	if (!f || !s)
		return -ENOMEM;
	if (depth >= RXS_GRAPH_DEPTH_MAX)
		return 0;
	children_ns = s->children_ns[depth + 1];
	children = s->children[depth + 1];
	s->children_ns[depth + 1] = s->children[depth + 1] = 0;
	if (depth) {
		s->children_ns[depth] += ns;
		s->children[depth]++;
	}
	if (!children && (!g->shortest_ns || ns < g->shortest_ns))
		g->shortest_ns = ns;
	return add_call(f, children, ns > children_ns ? ns - children_ns : 0);
}

void rxs_graph_lost(struct rxs_graph *g, u64 events)
{
	g->lost += events;
}

static int by_way(const void *a, const void *b)
{
	const struct call *x = a, *y = b;

	if (x->made != y->made)
		return x->made < y->made ? -1 : 1;
	return (x->self_ns > y->self_ns) - (x->self_ns < y->self_ns);
}

static void sort_calls(struct rxs_graph *g)
{
	for (u32 i = 0; i <= g->mask; i++)
		if (g->v[i].nr)
			qsort(g->v[i].call, g->v[i].nr, sizeof(*g->v[i].call), by_way);
}

/* Calls from i on that called as many functions as i did. */
static u32 like(const struct function *f, u32 i)
{
	u32 n = i;

	while (n < f->nr && f->call[n].made == f->call[i].made)
		n++;
	return n - i;
}

static double median_ns(const struct call *c, u32 nr)
{
	return (c[(nr - 1) / 2].self_ns + (double)c[nr / 2].self_ns) / 2;
}

/*
 * A way that one call in a hundred took is an interrupt or the like: its calls stand beside the function's own. A
 * median of a handful tells nothing of it.
 */
static bool usual(u32 nr, u32 of)
{
	return nr >= of / RARE;
}

static void compare_calls(struct rxs_graph_row *r, const struct function *b, const struct function *n)
{
	u32 i = 0, j = 0;

	while (i < b->nr && j < n->nr) {
		u32 nb = like(b, i), nn = like(n, j), made_b = b->call[i].made, made_n = n->call[j].made;

		if (made_b == made_n && usual(nb, b->nr) && usual(nn, n->nr)) {
			r->like += nn;
			r->base_call_ns += nn * median_ns(b->call + i, nb);
			r->new_call_ns += nn * median_ns(n->call + j, nn);
		}
		i += made_b <= made_n ? nb : 0;
		j += made_n <= made_b ? nn : 0;
	}
	if (r->like) {
		r->base_call_ns /= (double)r->like;
		r->new_call_ns /= (double)r->like;
	}
}

static int by_difference(const void *a, const void *b)
{
	const struct rxs_graph_row *x = a, *y = b;
	double dx = fabs(x->added_ns), dy = fabs(y->added_ns);

	if (dx == dy) {
		dx = fabs(x->added_calls);
		dy = fabs(y->added_calls);
	}
	return dx != dy ? (dx < dy ? 1 : -1) : strcmp(x->function, y->function);
}

static size_t names_bytes(const struct rxs_graph *g)
{
	size_t n = 0;

	for (u32 i = 0; i <= g->mask; i++)
		n += g->v[i].name ? strlen(g->v[i].name) + 1 : 0;
	return n;
}

static void add_row(struct rxs_graph_diff *d, char **at, const struct function *b, const struct function *n)
{
	struct rxs_graph_row *r = &d->rows[d->nr_rows++];
	const char *name = b->name ? b->name : n->name;

	r->function = strcpy(*at, name);
	*at += strlen(name) + 1;
	r->base_calls = b->nr;
	r->new_calls = n->nr;
	compare_calls(r, b, n);
	r->added_ns = (r->new_call_ns - r->base_call_ns) * (double)r->like / (double)d->new_packets;
	r->added_calls = (double)n->nr / (double)d->new_packets - (double)b->nr / (double)d->base_packets;
}

static void fill(struct rxs_graph_diff *d, const struct rxs_graph *base, const struct rxs_graph *new_)
{
	const struct function none = { 0 };
	char *at = d->names;

	for (u32 i = 0; i <= base->mask; i++)
		if (base->v[i].name)
			add_row(d, &at, &base->v[i], place(new_->v, new_->mask, base->v[i].name));
	for (u32 i = 0; i <= new_->mask; i++)
		if (new_->v[i].name && !place(base->v, base->mask, new_->v[i].name)->name)
			add_row(d, &at, &none, &new_->v[i]);
}

int rxs_graph_compare(struct rxs_graph_diff **out, struct rxs_graph *base, u64 base_packets, struct rxs_graph *new_,
		      u64 new_packets)
{
	struct rxs_graph_diff *d = calloc(1, sizeof(*d));

	if (d) {
		d->rows = calloc(base->nr + new_->nr + 1, sizeof(*d->rows));
		d->names = malloc(names_bytes(base) + names_bytes(new_) + 1);
	}
	if (!d || !d->rows || !d->names) {
		rxs_graph_diff_free(d);
		return -ENOMEM;
	}
	d->base_packets = base_packets ? base_packets : 1;
	d->new_packets = new_packets ? new_packets : 1;
	d->base_lost = base->lost;
	d->new_lost = new_->lost;
	d->shortest_ns = base->shortest_ns < new_->shortest_ns || !new_->shortest_ns ? base->shortest_ns :
			 new_->shortest_ns;
	sort_calls(base);
	sort_calls(new_);
	fill(d, base, new_);
	qsort(d->rows, d->nr_rows, sizeof(*d->rows), by_difference);
	*out = d;
	return 0;
}

void rxs_graph_diff_free(struct rxs_graph_diff *d)
{
	if (!d)
		return;
	free(d->rows);
	free(d->names);
	free(d);
}
