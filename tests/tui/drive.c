// SPDX-License-Identifier: GPL-2.0
/*
 * Drives a program on a terminal of its own: a pty, with libvterm in place of the terminal's
 * screen.
 *
 *	drive [-t TERM] [-o FILE] COMMAND ARG... < SCRIPT
 *
 * One step a line; the first that fails ends it, with the reason and the screen on standard output,
 * status 1. Steps wait for what they need (at most WAIT_MS), never for a time to pass.
 *
 *	size W H        before the start: of the terminal; later: resize it
 *	wait TEXT       until TEXT is on the screen
 *	gone TEXT       until it is not
 *	key KEYS        send bytes; \r \e \t \\ \xHH are understood
 *	settle          until the program has been silent for a while
 *	keep A          remember the screen as A
 *	same A          until the screen is as A
 *	differ A        until it is not
 *	signal NAME     TERM, SEGV, TSTP, CONT, STOP, WINCH, HUP
 *	stopped         until the program is stopped
 *	exit N          until it ends with status N
 *	leave N         send Esc and q, again and again, until it ends with status N
 *	killed NAME     until it ends by that signal
 *	restored        the terminal is as it was: settings, main screen, cursor seen
 *	colored yes|no  some cell has (no cell has) a colour of its own
 *	ascii           no character on the screen is beyond ASCII
 *	storm N         N sizes at random, quickly
 *	garbage N SEED  N bytes at random, none of which quits
 *	print           the screen, to standard output
 *	hangup          the terminal goes away
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include <vterm.h>

#define WAIT_MS		20000
#define QUIET_MS	150
#define KEPT_MAX	8

struct drive {
	VTerm *vt;
	VTermScreen *screen;
	int pty, slave;		/* the slave is kept open: settings can be read after the end */
	pid_t pid;
	bool ended, stopped;
	int status;
	int w, h;
	bool alt, cursor;
	struct termios before;
	struct { char name[32]; char *text; } kept[KEPT_MAX];
	const char *term, *err_file;
	char **argv;
	unsigned int rnd;
	char why[512];
};

static long now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static bool fail(struct drive *d, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(d->why, sizeof(d->why), fmt, ap);
	va_end(ap);
	return false;
}

/* ---- the screen ---- */

static int on_prop(VTermProp prop, VTermValue *val, void *user)
{
	struct drive *d = user;

	if (prop == VTERM_PROP_ALTSCREEN)
		d->alt = val->boolean;
	if (prop == VTERM_PROP_CURSORVISIBLE)
		d->cursor = val->boolean;
	return 1;
}

static size_t put_utf8(char *to, uint32_t ch)
{
	if (ch < 0x80) {
		to[0] = (char)ch;
		return 1;
	}
	if (ch < 0x800) {
		to[0] = (char)(0xc0 | ch >> 6);
		to[1] = (char)(0x80 | (ch & 0x3f));
		return 2;
	}
	to[0] = (char)(0xe0 | ch >> 12);
	to[1] = (char)(0x80 | (ch >> 6 & 0x3f));
	to[2] = (char)(0x80 | (ch & 0x3f));
	return 3;
}

/* Lines with trailing blanks cut; to be freed. */
static char *screen_text(const struct drive *d)
{
	char *text = malloc((size_t)d->h * ((size_t)d->w * 4 + 1) + 1), *p = text, *end;
	VTermScreenCell cell;

	for (int y = 0; y < d->h; y++) {
		end = p;
		for (int x = 0; x < d->w; x++) {
			vterm_screen_get_cell(d->screen, (VTermPos){ .row = y, .col = x }, &cell);
			p += put_utf8(p, cell.chars[0] && cell.chars[0] != (uint32_t)-1
						 ? cell.chars[0]
						 : ' ');
			if (p[-1] != ' ')
				end = p;
		}
		p = end;
		*p++ = '\n';
	}
	*p = 0;
	return text;
}

static bool on_screen(const struct drive *d, const char *what)
{
	char *text = screen_text(d);
	bool yes = strstr(text, what);

	free(text);
	return yes;
}

/* ---- the program ---- */

static void reap(struct drive *d)
{
	int status;

	if (d->ended || waitpid(d->pid, &status, WNOHANG | WUNTRACED | WCONTINUED) != d->pid)
		return;
	if (WIFSTOPPED(status)) {
		d->stopped = true;
	} else if (WIFCONTINUED(status)) {
		d->stopped = false;
	} else {
		d->ended = true;
		d->status = status;
	}
}

/* Take what the program writes, for at most ms. Returns whether there was anything. */
static bool pump(struct drive *d, int ms)
{
	struct pollfd p = { .fd = d->pty, .events = POLLIN };
	char buf[65536];
	ssize_t n = 0;

	if (d->pty >= 0 && poll(&p, 1, ms) == 1)
		n = read(d->pty, buf, sizeof(buf));
	else if (d->pty < 0)
		usleep((useconds_t)ms * 1000);
	if (n > 0)
		vterm_input_write(d->vt, buf, (size_t)n);
	/* Answers of the terminal (what it is, where the cursor is) go back. */
	while (d->pty >= 0 && vterm_output_get_buffer_current(d->vt)) {
		size_t k = vterm_output_read(d->vt, buf, sizeof(buf));

		if (write(d->pty, buf, k) != (ssize_t)k)
			break;
	}
	reap(d);
	return n > 0;
}

static bool start(struct drive *d)
{
	struct winsize ws = { .ws_row = (unsigned short)d->h, .ws_col = (unsigned short)d->w };
	static const VTermScreenCallbacks callbacks = { .settermprop = on_prop };

	d->vt = vterm_new(d->h, d->w);
	vterm_set_utf8(d->vt, 1);
	d->screen = vterm_obtain_screen(d->vt);
	vterm_screen_set_callbacks(d->screen, &callbacks, d);
	vterm_screen_enable_altscreen(d->screen, 1);
	vterm_screen_reset(d->screen, 1);
	d->cursor = true;
	if (openpty(&d->pty, &d->slave, NULL, NULL, &ws))
		return fail(d, "openpty: %s", strerror(errno));
	tcgetattr(d->slave, &d->before);
	d->pid = fork();
	if (!d->pid) {
		int err = open(d->err_file ? d->err_file : "/dev/null",
			       O_WRONLY | O_CREAT | O_APPEND, 0666);

		close(d->pty);
		setsid();
		ioctl(d->slave, TIOCSCTTY, 0);
		dup2(d->slave, 0);
		dup2(d->slave, 1);
		dup2(err, 2);
		close(d->slave);
		close(err);
		setenv("TERM", d->term, 1);
		unsetenv("LINES");
		unsetenv("COLUMNS");
		execvp(d->argv[0], d->argv);
		_exit(127);
	}
	return d->pid > 0;
}

static void resize(struct drive *d, int w, int h)
{
	struct winsize ws = { .ws_row = (unsigned short)h, .ws_col = (unsigned short)w };

	d->w = w;
	d->h = h;
	vterm_set_size(d->vt, h, w);
	ioctl(d->pty, TIOCSWINSZ, &ws);
}

/* ---- steps ---- */

static int signal_of(const char *name)
{
	static const struct {
		const char *name;
		int sig;
	} sigs[] = {
		{ "TERM", SIGTERM }, { "SEGV", SIGSEGV }, { "TSTP", SIGTSTP },
		{ "CONT", SIGCONT }, { "STOP", SIGSTOP }, { "WINCH", SIGWINCH },
		{ "HUP", SIGHUP }, { "ABRT", SIGABRT }, { "INT", SIGINT },
	};

	for (size_t i = 0; i < sizeof(sigs) / sizeof(sigs[0]); i++)
		if (!strcmp(sigs[i].name, name))
			return sigs[i].sig;
	return 0;
}

static bool until_text(struct drive *d, const char *text, bool there)
{
	long end = now_ms() + WAIT_MS;

	while (on_screen(d, text) != there) {
		if (now_ms() > end)
			return fail(d, there ? "'%s' does not appear" : "'%s' stays", text);
		if (d->ended && !pump(d, 10))
			return fail(d, "the program ended (status 0x%x) before '%s'",
				    (unsigned int)d->status, text);
		pump(d, 50);
	}
	return true;
}

static char *unescape(const char *s, size_t *len)
{
	char *to = malloc(strlen(s) + 1), *p = to;

	for (; *s; s++) {
		if (*s != '\\' || !s[1]) {
			*p++ = *s;
			continue;
		}
		s++;
		*p++ = *s == 'r' ? '\r' : *s == 'e' ? 27 : *s == 't' ? '\t' : *s == 's' ? ' ' :
		       *s == 'x' ? (char)strtol((char[]){ s[1], s[1] ? s[2] : 0, 0 }, NULL, 16) : *s;
		if (*s == 'x')
			s += s[1] && s[2] ? 2 : 0;
	}
	*len = (size_t)(p - to);
	return to;
}

static bool send_all(struct drive *d, const char *bytes, size_t len)
{
	long end = now_ms() + WAIT_MS;

	while (len) {
		struct pollfd p = { .fd = d->pty, .events = POLLOUT };
		ssize_t n = poll(&p, 1, 10) == 1 && (p.revents & POLLOUT)
				    ? write(d->pty, bytes, len < 512 ? len : 512)
				    : 0;

		if (n < 0 || now_ms() > end)
			return fail(d, "cannot send keys: %s",
				    n < 0 ? strerror(errno) : "they are not taken");
		bytes += n;
		len -= (size_t)n;
		pump(d, 0);
	}
	return true;
}

static bool step_settle(struct drive *d)
{
	long end = now_ms() + WAIT_MS, quiet = now_ms() + QUIET_MS;

	while (now_ms() < quiet) {
		if (pump(d, 20))
			quiet = now_ms() + QUIET_MS;
		if (now_ms() > end)
			return fail(d, "the screen does not come to rest");
	}
	return true;
}

static char **kept(struct drive *d, const char *name)
{
	for (int i = 0; i < KEPT_MAX; i++) {
		if (!d->kept[i].text)
			snprintf(d->kept[i].name, sizeof(d->kept[i].name), "%s", name);
		if (!strcmp(d->kept[i].name, name))
			return &d->kept[i].text;
	}
	return &d->kept[0].text;
}

static bool step_same(struct drive *d, const char *name, bool same)
{
	long end = now_ms() + WAIT_MS;
	char *want = *kept(d, name);

	if (!want)
		return fail(d, "nothing is kept as %s", name);
	for (;;) {
		char *text = screen_text(d);
		bool is = !strcmp(text, want);

		free(text);
		if (is == same)
			return true;
		if (now_ms() > end)
			return fail(d,
				    same ? "the screen is not as %s was:\n%s"
					 : "the screen stays as %s was",
				    name, want);
		pump(d, 50);
	}
}

static bool step_end(struct drive *d, const char *arg, bool killed)
{
	long end = now_ms() + WAIT_MS;

	while (!d->ended && now_ms() < end)
		pump(d, 20);
	if (!d->ended)
		return fail(d, "the program does not end");
	while (pump(d, 20))
		;
	if (killed ? !WIFSIGNALED(d->status) || WTERMSIG(d->status) != signal_of(arg) :
	    !WIFEXITED(d->status) || WEXITSTATUS(d->status) != atoi(arg))
		return fail(d, "it ended with %s %d, not %s",
			    WIFEXITED(d->status) ? "status" : "signal",
			    WIFEXITED(d->status) ? WEXITSTATUS(d->status) : WTERMSIG(d->status),
			    arg);
	return true;
}

/* Whatever question is open, whatever half of a key it waits for the rest of. */
static bool step_leave(struct drive *d, const char *arg)
{
	long end = now_ms() + WAIT_MS, next = 0;

	while (!d->ended && now_ms() < end) {
		if (now_ms() >= next && !send_all(d, "\033", 1))
			return d->ended ? step_end(d, arg, false) : false;
		for (int i = 0; i < 5 && now_ms() >= next; i++)
			pump(d, 20);
		if (now_ms() >= next && !d->ended && !send_all(d, "q", 1))
			return d->ended ? step_end(d, arg, false) : false;
		if (now_ms() >= next)
			next = now_ms() + 300;
		pump(d, 20);
	}
	return step_end(d, arg, false);
}

static bool step_stopped(struct drive *d)
{
	long end = now_ms() + WAIT_MS;

	while (!d->stopped && !d->ended && now_ms() < end)
		pump(d, 20);
	return d->stopped ? true : fail(d, "the program is not stopped");
}

static bool step_restored(struct drive *d)
{
	struct termios now;

	while (pump(d, 20))
		;
	if (d->alt)
		return fail(d, "the alternate screen is still on");
	if (!d->cursor)
		return fail(d, "the cursor is still hidden");
	if (tcgetattr(d->slave, &now) || now.c_lflag != d->before.c_lflag ||
	    now.c_iflag != d->before.c_iflag || now.c_oflag != d->before.c_oflag)
		return fail(d, "the terminal's settings are not as before");
	return true;
}

static bool step_colored(struct drive *d, bool want)
{
	VTermScreenCell cell;
	bool any = false;

	for (int y = 0; y < d->h; y++) {
		for (int x = 0; x < d->w; x++) {
			vterm_screen_get_cell(d->screen, (VTermPos){ .row = y, .col = x }, &cell);
			any |= !VTERM_COLOR_IS_DEFAULT_FG(&cell.fg) ||
			       !VTERM_COLOR_IS_DEFAULT_BG(&cell.bg);
		}
	}
	return any == want ? true : fail(d, any ? "there are colours" : "there are no colours");
}

static bool step_ascii(struct drive *d)
{
	char *text = screen_text(d);
	bool ok = true;

	for (const char *p = text; *p; p++)
		ok &= !(*p & 0x80);
	free(text);
	return ok ? true : fail(d, "there are characters beyond ASCII");
}

static bool step_storm(struct drive *d, int n)
{
	for (int i = 0; i < n && !d->ended; i++) {
		resize(d, 1 + rand_r(&d->rnd) % 250, 1 + rand_r(&d->rnd) % 80);
		pump(d, rand_r(&d->rnd) % 5);
	}
	return d->ended ? fail(d, "the program ended in the storm (status 0x%x)",
			       (unsigned int)d->status)
			: true;
}

/* Anything but what quits ('q', Ctrl-C), stops (Ctrl-Z) or writes files ('w'). */
static bool step_garbage(struct drive *d, int n, unsigned int seed)
{
	for (int i = 0; i < n && !d->ended; i++) {
		char c = (char)(rand_r(&seed) >> 4);

		if (c == 'q' || c == 'w' || c == 3 || c == 26)
			c = ' ';
		if (!send_all(d, &c, 1))
			return d->ended ? true : false;
		if (i % 64 == 0)
			pump(d, 1);
	}
	return d->ended ? fail(d, "the program ended (status 0x%x)", (unsigned int)d->status)
			: true;
}

static bool step_key(struct drive *d, const char *arg)
{
	size_t len;
	char *bytes = unescape(arg, &len);
	bool ok = send_all(d, bytes, len);

	free(bytes);
	return ok;
}

static bool step_keep(struct drive *d, const char *name)
{
	char **k = kept(d, name);

	free(*k);
	*k = screen_text(d);
	return true;
}

static bool do_step(struct drive *d, const char *verb, const char *arg)
{
	int a = 0, b = 0;

	sscanf(arg, "%d %d", &a, &b);
	if (!strcmp(verb, "size")) {
		if (d->vt) {
			resize(d, a, b);
		} else {
			d->w = a;
			d->h = b;
		}
		return true;
	}
	if (!d->vt && !start(d))
		return false;
	if (!strcmp(verb, "wait") || !strcmp(verb, "gone"))
		return until_text(d, arg, *verb == 'w');
	if (!strcmp(verb, "key"))
		return step_key(d, arg);
	if (!strcmp(verb, "settle"))
		return step_settle(d);
	if (!strcmp(verb, "keep"))
		return step_keep(d, arg);
	if (!strcmp(verb, "same") || !strcmp(verb, "differ"))
		return step_same(d, arg, *verb == 's');
	if (!strcmp(verb, "signal"))
		return kill(d->pid, signal_of(arg)) ? fail(d, "kill: %s", strerror(errno)) : true;
	if (!strcmp(verb, "leave"))
		return step_leave(d, arg);
	if (!strcmp(verb, "stopped"))
		return step_stopped(d);
	if (!strcmp(verb, "exit") || !strcmp(verb, "killed"))
		return step_end(d, arg, *verb == 'k');
	if (!strcmp(verb, "restored"))
		return step_restored(d);
	if (!strcmp(verb, "colored"))
		return step_colored(d, !strcmp(arg, "yes"));
	if (!strcmp(verb, "ascii"))
		return step_ascii(d);
	if (!strcmp(verb, "storm"))
		return step_storm(d, a);
	if (!strcmp(verb, "garbage"))
		return step_garbage(d, a, (unsigned int)b);
	if (!strcmp(verb, "hangup")) {
		close(d->slave);
		close(d->pty);
		d->pty = d->slave = -1;
		return true;
	}
	if (!strcmp(verb, "print")) {
		char *text = screen_text(d);

		fputs(text, stdout);
		free(text);
		return true;
	}
	return fail(d, "no such step");
}

static bool run_script(struct drive *d)
{
	char line[1024];
	int nr = 0;

	while (fgets(line, sizeof(line), stdin)) {
		char *verb = line + strspn(line, " \t"), *arg;

		nr++;
		verb[strcspn(verb, "\n")] = 0;
		if (!*verb || *verb == '#')
			continue;
		arg = verb + strcspn(verb, " ");
		if (*arg)
			*arg++ = 0;
		if (!do_step(d, verb, arg)) {
			char *text = d->vt ? screen_text(d) : strdup("");

			printf("step %d, %s %s: %s\nthe screen was:\n%s", nr, verb, arg, d->why,
			       text);
			free(text);
			return false;
		}
	}
	return true;
}

int main(int argc, char **argv)
{
	struct drive d = {
		.pty = -1, .slave = -1, .w = 80, .h = 24, .term = "xterm-256color", .rnd = 1};
	bool ok;
	int opt;

	while ((opt = getopt(argc, argv, "+t:o:")) != -1) {
		if (opt == 't')
			d.term = optarg;
		else if (opt == 'o')
			d.err_file = optarg;
		else
			return 2;
	}
	d.argv = argv + optind;
	if (!d.argv[0])
		return 2;
	ok = run_script(&d);
	if (d.pid > 0 && !d.ended) {
		kill(d.pid, SIGKILL);
		waitpid(d.pid, NULL, 0);
	}
	for (int i = 0; i < KEPT_MAX; i++)
		free(d.kept[i].text);
	if (d.vt)
		vterm_free(d.vt);
	return ok ? 0 : 1;
}
