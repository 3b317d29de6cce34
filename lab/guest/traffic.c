// SPDX-License-Identifier: GPL-2.0
//
// Makes the scenarios' traffic: a given number of datagrams, bytes, round trips or raw frames, no
// more and no less, and prints what it sent or got as one line of JSON. Usage: traffic MODE
// [name=value...]; the modes are in the table at the end.

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/membarrier.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define MAX_BYTES 65536

/* The values given on the command line, or their defaults. */
struct args {
	const char *to;		/* address of the peer, IPv4 or IPv6 */
	const char *dev;	/* interface for raw frames */
	const char *kind;	/* of raw frame, see frame_kinds */
	const char *mac;	/* destination of raw frames */
	const char *ready;	/* file made as soon as a receiver can receive */
	unsigned short port;
	unsigned long count;	/* datagrams, round trips, connections, frames */
	unsigned long bytes;	/* in all, tcp-send */
	unsigned int size;	/* bytes of payload in each */
	unsigned int gap_us;	/* between two sends */
	unsigned int idle_ms;	/* a receiver gives up after so long without anything */
	int rcvbuf_bytes;
};

struct result {
	unsigned long sent, received, refused;
	unsigned long long bytes;
};

static char buffer[MAX_BYTES];

static void fail(const char *what)
{
	fprintf(stderr, "traffic: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void usage(const char *what, const char *arg)
{
	fprintf(stderr, "traffic: %s '%s'\n", what, arg);
	exit(2);
}

static long long now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

static void pause_us(unsigned int us)
{
	struct timespec ts = { us / 1000000, us % 1000000 * 1000L };

	if (us)
		nanosleep(&ts, NULL);
}

/* The address to= port= as a sockaddr; an empty to= is "any", for both families. */
static socklen_t address(const struct args *a, struct sockaddr_storage *ss)
{
	struct sockaddr_in *in = (struct sockaddr_in *)ss;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)ss;

	memset(ss, 0, sizeof(*ss));
	if (inet_pton(AF_INET, a->to, &in->sin_addr) == 1) {
		in->sin_family = AF_INET;
		in->sin_port = htons(a->port);
		return sizeof(*in);
	}
	in6->sin6_family = AF_INET6;
	in6->sin6_port = htons(a->port);
	if (*a->to && inet_pton(AF_INET6, a->to, &in6->sin6_addr) != 1)
		usage("not an address:", a->to);
	return sizeof(*in6);
}

static int client(const struct args *a, int type)
{
	struct sockaddr_storage ss;
	socklen_t len = address(a, &ss);
	int fd = socket(ss.ss_family, type, 0), one = 1;

	if (fd < 0)
		fail("socket");
	if (type == SOCK_STREAM)
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (connect(fd, (struct sockaddr *)&ss, len) < 0) {
		int err = errno;

		close(fd);
		return -err;
	}
	return fd;
}

static int client_or_die(const struct args *a, int type)
{
	int fd = client(a, type);

	if (fd < 0) {
		errno = -fd;
		fail("connect");
	}
	return fd;
}

static void tell_ready(const struct args *a)
{
	int fd;

	if (!a->ready)
		return;
	fd = open(a->ready, O_CREAT | O_WRONLY, 0644);
	if (fd < 0)
		fail(a->ready);
	close(fd);
}

static void set_idle(const struct args *a, int fd)
{
	struct timeval tv = { a->idle_ms / 1000, a->idle_ms % 1000 * 1000L };

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
}

static int server(const struct args *a, int type)
{
	struct sockaddr_storage ss;
	socklen_t len = address(a, &ss);
	int fd = socket(ss.ss_family, type, 0), one = 1;

	if (fd < 0)
		fail("socket");
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	/* FORCE: as root beyond net.core.rmem_max, so that a burst is not lost for want of room. */
	if (a->rcvbuf_bytes)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &a->rcvbuf_bytes,
			   sizeof(a->rcvbuf_bytes));
	set_idle(a, fd);
	if (bind(fd, (struct sockaddr *)&ss, len) < 0)
		fail("bind");
	if (type == SOCK_STREAM && listen(fd, 64) < 0)
		fail("listen");
	tell_ready(a);
	return fd;
}

static void udp_send(const struct args *a, struct result *r)
{
	int fd = client_or_die(a, SOCK_DGRAM);

	while (r->sent < a->count) {
		/* A refusal (ICMP) of an earlier one shows here; this one was not sent then. */
		if (send(fd, buffer, a->size, 0) < 0) {
			if (errno != ECONNREFUSED)
				fail("send");
			r->refused++;
			continue;
		}
		r->sent++;
		r->bytes += a->size;
		pause_us(a->gap_us);
	}
	close(fd);
}

static void udp_recv(const struct args *a, struct result *r)
{
	int fd = server(a, SOCK_DGRAM);
	ssize_t n;

	while (r->received < a->count && (n = recv(fd, buffer, sizeof(buffer), 0)) >= 0) {
		r->received++;
		r->bytes += n;
	}
	close(fd);
}

static void udp_echo(const struct args *a, struct result *r)
{
	struct sockaddr_storage peer;
	int fd = server(a, SOCK_DGRAM);

	while (r->received < a->count) {
		socklen_t len = sizeof(peer);
		ssize_t n = recvfrom(fd, buffer, sizeof(buffer), 0, (struct sockaddr *)&peer, &len);

		if (n < 0)
			break;
		r->received++;
		r->bytes += n;
		if (sendto(fd, buffer, n, 0, (struct sockaddr *)&peer, len) == n)
			r->sent++;
	}
	close(fd);
}

static void udp_ask(const struct args *a, struct result *r)
{
	int fd = client_or_die(a, SOCK_DGRAM);
	ssize_t n;

	set_idle(a, fd);
	while (r->sent < a->count) {
		if (send(fd, buffer, a->size, 0) < 0)
			fail("send");
		r->sent++;
		n = recv(fd, buffer, sizeof(buffer), 0);
		if (n < 0)
			break;
		r->received++;
		r->bytes += n;
		pause_us(a->gap_us);
	}
	close(fd);
}

/* Never reads, so that the socket's buffer fills up; until it is told to end. */
static void udp_hold(const struct args *a, struct result *r)
{
	sigset_t set;
	int fd, sig;
	ssize_t n;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	fd = server(a, SOCK_DGRAM);
	sigwait(&set, &sig);
	while ((n = recv(fd, buffer, sizeof(buffer), MSG_DONTWAIT)) >= 0) {
		r->received++;
		r->bytes += n;
	}
	close(fd);
}

static void send_all(int fd, size_t len)
{
	size_t done = 0;

	while (done < len) {
		ssize_t n = send(fd, buffer + done, len - done, MSG_NOSIGNAL);

		if (n < 0)
			fail("send");
		done += n;
	}
}

/* Reads len bytes, fewer only at the end of the stream. */
static size_t recv_all(int fd, size_t len)
{
	size_t done = 0;
	ssize_t n;

	while (done < len && (n = recv(fd, buffer, len - done, 0)) > 0)
		done += n;
	return done;
}

static void tcp_send(const struct args *a, struct result *r)
{
	int fd = client_or_die(a, SOCK_STREAM);

	while (r->bytes < a->bytes) {
		size_t len = a->bytes - r->bytes < a->size ? a->bytes - r->bytes : a->size;

		send_all(fd, len);
		r->bytes += len;
		r->sent++;
		pause_us(a->gap_us);
	}
	shutdown(fd, SHUT_WR);
	/* The peer closes once it has read all of it. */
	recv_all(fd, 1);
	close(fd);
}

/* Accepts count connections, one after the other; with echo gives back what it gets. */
static void tcp_serve(const struct args *a, struct result *r, int echo)
{
	int listener = server(a, SOCK_STREAM), one = 1;

	while (r->received < a->count) {
		int fd = accept(listener, NULL, NULL);
		ssize_t n;

		if (fd < 0)
			break;
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
		r->received++;
		while ((n = recv(fd, buffer, sizeof(buffer), 0)) > 0) {
			r->bytes += n;
			if (echo)
				send_all(fd, n);
		}
		close(fd);
	}
	close(listener);
}

static void tcp_recv(const struct args *a, struct result *r)
{
	tcp_serve(a, r, 0);
}

static void tcp_echo(const struct args *a, struct result *r)
{
	tcp_serve(a, r, 1);
}

static void tcp_ask(const struct args *a, struct result *r)
{
	int fd = client_or_die(a, SOCK_STREAM);

	while (r->sent < a->count) {
		send_all(fd, a->size);
		r->sent++;
		if (recv_all(fd, a->size) < a->size)
			break;
		r->received++;
		r->bytes += a->size;
		pause_us(a->gap_us);
	}
	close(fd);
}

/* Connects to a port where nobody listens. */
static void tcp_knock(const struct args *a, struct result *r)
{
	while (r->sent < a->count) {
		int fd = client(a, SOCK_STREAM);

		r->sent++;
		if (fd == -ECONNREFUSED)
			r->refused++;
		else if (fd >= 0)
			close(fd);
		pause_us(a->gap_us);
	}
}

static uint16_t checksum(const void *data, size_t len, uint32_t sum)
{
	const unsigned char *p = data;

	for (; len > 1; p += 2, len -= 2)
		sum += p[0] << 8 | p[1];
	if (len)
		sum += p[0] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons(~sum);
}

/* What is wrong with the raw frames of each kind. */
static const struct frame_kind {
	const char *name;
	int bad_ip_sum, bad_udp_sum;
	unsigned char ttl, protocol;
	unsigned short ethertype;
} frame_kinds[] = {
	{ "udp", 0, 0, 64, IPPROTO_UDP, ETH_P_IP },
	{ "ip-sum", 1, 0, 64, IPPROTO_UDP, ETH_P_IP },
	{ "udp-sum", 0, 1, 64, IPPROTO_UDP, ETH_P_IP },
	{ "ttl", 0, 0, 1, IPPROTO_UDP, ETH_P_IP },
	{ "protocol", 0, 0, 64, 253, ETH_P_IP },	/* RFC 3692: for experiments */
	{ "ethertype", 0, 0, 64, IPPROTO_UDP, 0x88b5 },	/* IEEE 802: for experiments */
};

static size_t build_frame(const struct args *a, const struct frame_kind *kind,
			  const unsigned char *source_mac)
{
	struct ethhdr *eth = (struct ethhdr *)buffer;
	struct iphdr *ip = (struct iphdr *)(eth + 1);
	struct udphdr *udp = (struct udphdr *)(ip + 1);
	unsigned short udp_len = sizeof(*udp) + a->size;
	unsigned int mac[ETH_ALEN], i;
	uint32_t pseudo;

	if (sscanf(a->mac, "%x:%x:%x:%x:%x:%x", mac, mac + 1, mac + 2, mac + 3, mac + 4,
		   mac + 5) != ETH_ALEN)
		usage("not a MAC address:", a->mac);
	for (i = 0; i < ETH_ALEN; i++)
		eth->h_dest[i] = mac[i];
	memcpy(eth->h_source, source_mac, ETH_ALEN);
	eth->h_proto = htons(kind->ethertype);

	ip->version = 4;
	ip->ihl = 5;
	ip->tot_len = htons(sizeof(*ip) + udp_len);
	ip->ttl = kind->ttl;
	ip->protocol = kind->protocol;
	ip->saddr = inet_addr("10.9.0.1");
	ip->daddr = inet_addr(*a->to ? a->to : "10.9.0.2");
	ip->check = checksum(ip, sizeof(*ip), 0) ^ (kind->bad_ip_sum ? 0xffff : 0);

	udp->source = htons(7777);
	udp->dest = htons(a->port);
	udp->len = htons(udp_len);
	pseudo = (ntohl(ip->saddr) >> 16) + (ntohl(ip->saddr) & 0xffff) + (ntohl(ip->daddr) >> 16) +
		 (ntohl(ip->daddr) & 0xffff) + IPPROTO_UDP + udp_len;
	udp->check = checksum(udp, udp_len, pseudo) ^ (kind->bad_udp_sum ? 0xffff : 0);
	return sizeof(*eth) + sizeof(*ip) + udp_len;
}

static void read_mac(const char *dev, int fd, unsigned char *mac)
{
	struct sockaddr_ll ll;
	socklen_t len = sizeof(ll);

	if (getsockname(fd, (struct sockaddr *)&ll, &len) < 0)
		fail(dev);
	memcpy(mac, ll.sll_addr, ETH_ALEN);
}

static void frame(const struct args *a, struct result *r)
{
	struct sockaddr_ll ll = { .sll_family = AF_PACKET };
	const struct frame_kind *kind = NULL;
	unsigned char mac[ETH_ALEN];
	size_t i, len;
	int fd;

	for (i = 0; i < sizeof(frame_kinds) / sizeof(*frame_kinds); i++)
		if (!strcmp(frame_kinds[i].name, a->kind))
			kind = &frame_kinds[i];
	if (!kind)
		usage("unknown kind of frame:", a->kind);
	fd = socket(AF_PACKET, SOCK_RAW, 0);
	ll.sll_ifindex = if_nametoindex(a->dev);
	if (fd < 0 || !ll.sll_ifindex || bind(fd, (struct sockaddr *)&ll, sizeof(ll)) < 0)
		fail(a->dev);
	read_mac(a->dev, fd, mac);
	len = build_frame(a, kind, mac);
	while (r->sent < a->count) {
		if (send(fd, buffer, len, 0) < 0)
			fail("send");
		r->sent++;
		r->bytes += len;
		pause_us(a->gap_us);
	}
	close(fd);
}

// The receive path runs in softirqs, which are readers to RCU: when a grace period has passed, those
// that were under way are through. An echo request's answer is back before the request's skb is freed.
static void settle(const struct args *a, struct result *r)
{
	(void)a;
	(void)r;
	if (syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0) < 0)
		fail("membarrier");
}

// The kernel's timers go by the monotonic clock: what starts at a whole second meets them where it did in the
// run before, though something earlier, such as loading another driver, took a moment longer.
static void anchor(const struct args *a, struct result *r)
{
	struct timespec t;

	(void)a;
	(void)r;
	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_sec++;
	t.tv_nsec = 0;
	while ((errno = clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL)))
		if (errno != EINTR)
			fail("clock_nanosleep");
}

static const struct mode {
	const char *name;
	void (*run)(const struct args *a, struct result *r);
} modes[] = {
	{ "udp-send", udp_send },	/* count= datagrams of size= bytes */
	{ "udp-recv", udp_recv },	/* reads count= datagrams */
	{ "udp-echo", udp_echo },	/* sends count= datagrams back */
	{ "udp-ask", udp_ask },		/* count= round trips with udp-echo */
	{ "udp-hold", udp_hold },	/* never reads, until SIGTERM */
	{ "tcp-send", tcp_send },	/* one connection, bytes= in writes of size= */
	{ "tcp-recv", tcp_recv },	/* count= connections, each read to its end */
	{ "tcp-echo", tcp_echo },	/* count= connections */
	{ "tcp-ask", tcp_ask },		/* count= round trips with tcp-echo */
	{ "tcp-knock", tcp_knock },	/* count= connections to a closed port */
	{ "settle", settle },		/* until what the CPUs are receiving now is through */
	{ "anchor", anchor },		/* until the next whole second of the monotonic clock */
	{ "frame", frame },		/* count= raw frames of kind= out of dev= to mac= */
};

static unsigned long number(const char *name, const char *value)
{
	char *end;
	unsigned long n = strtoul(value, &end, 10);

	if (!*value || *end)
		usage("not a number:", name);
	return n;
}

static void parse(struct args *a, int argc, char **argv)
{
	int i;

	for (i = 0; i < argc; i++) {
		char *value = strchr(argv[i], '=');

		if (!value)
			usage("not name=value:", argv[i]);
		*value++ = '\0';
		if (!strcmp(argv[i], "to"))
			a->to = value;
		else if (!strcmp(argv[i], "dev"))
			a->dev = value;
		else if (!strcmp(argv[i], "kind"))
			a->kind = value;
		else if (!strcmp(argv[i], "mac"))
			a->mac = value;
		else if (!strcmp(argv[i], "ready"))
			a->ready = value;
		else if (!strcmp(argv[i], "port"))
			a->port = number(argv[i], value);
		else if (!strcmp(argv[i], "count"))
			a->count = number(argv[i], value);
		else if (!strcmp(argv[i], "bytes"))
			a->bytes = number(argv[i], value);
		else if (!strcmp(argv[i], "size"))
			a->size = number(argv[i], value);
		else if (!strcmp(argv[i], "gap_us"))
			a->gap_us = number(argv[i], value);
		else if (!strcmp(argv[i], "idle_ms"))
			a->idle_ms = number(argv[i], value);
		else if (!strcmp(argv[i], "rcvbuf"))
			a->rcvbuf_bytes = number(argv[i], value);
		else
			usage("unknown name:", argv[i]);
	}
	if (a->size > sizeof(buffer) - 256)
		usage("too big:", "size");
}

int main(int argc, char **argv)
{
	struct args a = { .to = "", .dev = "t0", .kind = "udp", .mac = "52:54:00:00:00:02",
			  .port = 7000, .count = 1, .size = 64, .idle_ms = 5000,
			  .rcvbuf_bytes = 64 << 20 };
	struct result r = { 0 };
	long long start_ns;
	size_t i;

	if (argc < 2)
		usage("usage: traffic MODE [name=value...], not", "");
	parse(&a, argc - 2, argv + 2);
	for (i = 0; i < sizeof(modes) / sizeof(*modes); i++) {
		if (strcmp(modes[i].name, argv[1]))
			continue;
		start_ns = now_ns();
		modes[i].run(&a, &r);
		printf("{\"mode\":\"%s\",\"sent\":%lu,\"received\":%lu,\"refused\":%lu,\"bytes\":%llu,"
		       "\"elapsed_ns\":%lld}\n", argv[1], r.sent, r.received, r.refused, r.bytes,
		       now_ns() - start_ns);
		return 0;
	}
	usage("unknown mode", argv[1]);
}
