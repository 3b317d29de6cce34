// SPDX-License-Identifier: GPL-2.0
//
// box RESOURCE: puts standard input into the memory that the PCI device's RESOURCE file stands for:
// QEMU's ivshmem, a file of the host's. In front come 8 bytes with the length, little endian,
// written last. Memory is the one way out of the guest that the host does not answer in any way, so
// that its presence does not disturb the deterministic lab.

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	static char chunk[65536];
	size_t used = sizeof(uint64_t);
	struct stat st;
	uint64_t len;
	char *box;
	ssize_t n;
	int fd;

	if (argc != 2)
		return 2;
	fd = open(argv[1], O_RDWR);
	if (fd < 0 || fstat(fd, &st) < 0) {
		perror(argv[1]);
		return 1;
	}
	box = mmap(NULL, st.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (box == MAP_FAILED) {
		perror(argv[1]);
		return 1;
	}
	while ((n = read(STDIN_FILENO, chunk, sizeof(chunk))) > 0) {
		if (used + n > (size_t)st.st_size) {
			fprintf(stderr, "box: more than %lld bytes\n", (long long)st.st_size);
			return 1;
		}
		memcpy(box + used, chunk, n);
		used += n;
	}
	len = used - sizeof(len);
	memcpy(box, &len, sizeof(len));
	return n < 0;
}
