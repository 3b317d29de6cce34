// SPDX-License-Identifier: GPL-2.0
//
// turns.so: loaded into QEMU (LD_PRELOAD) by the deterministic lab, so that its two threads take turns.
//
// When the guest idles, QEMU's main thread moves the guest's clock on to the next timer. It wakes for
// that whenever the guest sets a timer, and may find the CPU halted a moment before the thread of the
// CPU has counted its last instructions; all that follows is some nanoseconds later then than in
// another run. Here the main thread comes back from ppoll() only when the CPU's thread sleeps: it does
// so in pthread_cond_wait(), when everything is counted, and has nothing else to wait for there.

#include <dlfcn.h>
#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

// A guest that never idles must not keep QEMU from ending.
#define PATIENCE_S 20

static atomic_int cpu_known, cpu_sleeps;

static long futex(atomic_int *at, int op, int value, const struct timespec *timeout)
{
	return syscall(SYS_futex, at, op, value, timeout, NULL, 0);
}

// The name is given by -name debug-threads=on.
static int is_cpu_thread(void)
{
	static _Thread_local int known;
	char name[16] = "";

	if (!known) {
		prctl(PR_GET_NAME, name);
		known = strstr(name, "TCG") ? 1 : -1;
	}
	return known > 0;
}

int pthread_cond_wait(pthread_cond_t *cond, pthread_mutex_t *mutex)
{
	static int (*real)(pthread_cond_t *, pthread_mutex_t *);
	int err;

	if (!real)	// the first version of the symbol, which RTLD_NEXT alone would find, is another function
		real = (int (*)(pthread_cond_t *, pthread_mutex_t *))dlvsym(RTLD_NEXT, "pthread_cond_wait",
									     "GLIBC_2.3.2");
	if (!is_cpu_thread())
		return real(cond, mutex);
	// Early, but not too early: the main thread needs the mutex, which is free when this one sleeps.
	atomic_store(&cpu_known, 1);
	atomic_store(&cpu_sleeps, 1);
	futex(&cpu_sleeps, FUTEX_WAKE_PRIVATE, 1, NULL);
	err = real(cond, mutex);
	atomic_store(&cpu_sleeps, 0);
	return err;
}

int ppoll(struct pollfd *fds, nfds_t nr, const struct timespec *timeout, const sigset_t *mask)
{
	static int (*real)(struct pollfd *, nfds_t, const struct timespec *, const sigset_t *);
	static const struct timespec patience = { .tv_sec = PATIENCE_S };
	int n;

	if (!real)
		real = (int (*)(struct pollfd *, nfds_t, const struct timespec *, const sigset_t *))dlsym(RTLD_NEXT,
													  "ppoll");
	n = real(fds, nr, timeout, mask);
	if (getpid() != (pid_t)syscall(SYS_gettid) || !atomic_load(&cpu_known))
		return n;
	while (!atomic_load(&cpu_sleeps))
		if (futex(&cpu_sleeps, FUTEX_WAIT_PRIVATE, 0, &patience) < 0)
			break;
	return n;
}
