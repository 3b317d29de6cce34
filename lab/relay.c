// SPDX-License-Identifier: GPL-2.0
//
// relay FIFO TOTALS NAME: copies what comes through FIFO to standard output. Ends when the other end
// is closed, or when the file TOTALS is there and as many bytes have come as its line "NAME BYTES"
// says.
//
// The guest's kernel takes a write to a port for done when it is queued, and QEMU keeps the rest of
// it for as long as the fifo is full. So the machine may end only when all has come through; how much
// that is the guest tells last. BYTES below 0: it cannot tell; then the relay ends when nothing came
// for half a second.

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PATIENCE_MS 50
#define IDLE_ROUNDS 10

static int write_all(const char *data, ssize_t len)
{
	while (len > 0) {
		ssize_t n = write(STDOUT_FILENO, data, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		data += n;
		len -= n;
	}
	return 0;
}

/* How many bytes were sent in all; 0 while that is not known yet. */
static int read_total(const char *path, const char *name, long long *total)
{
	char word[64];
	FILE *f = fopen(path, "r");
	int found = 0;

	if (!f)
		return 0;
	while (!found && fscanf(f, "%63s %lld", word, total) == 2)
		found = !strcmp(word, name);
	fclose(f);
	if (!found)
		*total = -1;
	return 1;
}

int main(int argc, char **argv)
{
	static char buffer[65536];
	long long total = 0, copied = 0;
	int known = 0, idle = 0, fd;

	if (argc != 4)
		return 2;
	fd = open(argv[1], O_RDONLY);
	if (fd < 0) {
		perror(argv[1]);
		return 1;
	}
	for (;;) {
		struct pollfd pfd = { .fd = fd, .events = POLLIN };
		ssize_t n;

		if (!known)
			known = read_total(argv[2], argv[3], &total);
		if (known && total >= 0 && copied >= total)
			return 0;
		if (poll(&pfd, 1, PATIENCE_MS) == 0) {
			if (known && total < 0 && ++idle == IDLE_ROUNDS)
				return 0;
			continue;
		}
		idle = 0;
		n = read(fd, buffer, sizeof(buffer));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0;
		if (write_all(buffer, n) < 0)
			return 1;
		copied += n;
	}
}
