#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
Holds a report against what others counted: the kernel's interface and protocol counters, the traffic
programs, and the frames QEMU saw on the wire. Prints TAP.

    check.py NAME REPORT.json TRUTH.json [WIRE.pcap]

REPORT.json is `rxscope report --json --packets`, TRUTH.json what lab.sh --truth wrote, WIRE.pcap what
lab.sh --wire wrote.
"""
import collections
import json
import struct
import sys

RX_MAC = bytes.fromhex("525400000002")
LISTEN_PORTS = range(7000, 8000)	# the scenarios' own

# The order in which a packet may meet the stages, as `rxscope stages` lists them. app and end come last;
# ip_defrag stands at PRE_ROUTING when connection tracking gathers fragments.
FREE_ORDER = {"ip_defrag"}


# What a kernel has no hook for: its release begins so, and this stage has no time.
NO_HOOK = {
    "5.10.": {"napi_poll"},	# the device's poll is inlined into net_rx_action
}


class Tap:
    def __init__(self, name, slack):
        self.name = name
        self.failed = 0
        self.slack = slack	# kprobes that the kernel missed: each takes one event, of one packet

    def check(self, what, good, why=""):
        if good:
            print(f"ok - {self.name}: {what}")
        else:
            self.failed += 1
            print(f"not ok - {self.name}: {what}")
            for line in str(why).splitlines()[:12]:
                print(f"#   {line}")

    def equal(self, what, ours, theirs, theirs_is="truth"):
        self.check(f"{what} ({theirs})", ours == theirs, f"rxscope {ours}, {theirs_is} {theirs}")

    def near(self, what, ours, theirs, theirs_is="truth"):
        """Equal, but for what missed kprobes can have hidden."""
        self.check(f"{what} ({theirs})", abs(ours - theirs) <= self.slack, f"rxscope {ours}, {theirs_is} {theirs}")

    def few(self, what, bad, why=""):
        """None, but for what missed kprobes can have hidden."""
        self.check(what, len(bad) <= self.slack, why)


def wire_frames(path):
    """Ethernet frames of a pcap file."""
    with open(path, "rb") as f:
        data = f.read()
    end = "<" if data[:4] == b"\xd4\xc3\xb2\xa1" else ">"
    pos = 24
    while pos + 16 <= len(data):
        caplen = struct.unpack(end + "I", data[pos + 8:pos + 12])[0]
        yield data[pos + 16:pos + 16 + caplen]
        pos += 16 + caplen


def frame_port(frame):
    """(proto, destination port) of a TCP or UDP frame, "fragment" of a piece of an IP packet, else None."""
    if len(frame) < 34:
        return None
    kind, at = struct.unpack(">H", frame[12:14])[0], 14
    if kind == 0x8100:
        kind, at = struct.unpack(">H", frame[16:18])[0], 18
    if kind == 0x0800:
        if struct.unpack(">H", frame[at + 6:at + 8])[0] & 0x3fff:
            return "fragment"
        proto, at = frame[at + 9], at + (frame[at] & 15) * 4
    elif kind == 0x86dd:
        proto, at = frame[at + 6], at + 40
        if proto == 44:
            return "fragment"
    else:
        return None
    if proto not in (6, 17) or len(frame) < at + 4:
        return None
    return proto, struct.unpack(">H", frame[at + 2:at + 4])[0]


def packet_port(p):
    f = p["flow"]
    if f.get("fragment"):
        return "fragment"
    return (f["proto"], f["dport"]) if f.get("proto") in (6, 17) else None


def check_sums(t, rep):
    pk = rep["packets"]
    outcomes = ("delivered", "consumed", "forwarded", "merged", "dropped", "open", "incomplete")
    t.equal("outcomes add up to seen", sum(pk[o] for o in outcomes), pk["seen"], "seen")
    t.equal("each packet is listed once", len({p["id"] for p in rep["packet_list"]}), pk["seen"], "seen")
    t.equal("nothing was lost but by missed kprobes", (rep["source"]["lost"], rep["source"]["lost_unknown"]),
            (t.slack, False))
    t.near("no packet is incomplete", pk["incomplete"], 0)
    bad = [p for p in rep["packet_list"] if p["outcome"] == "open"]
    t.few("no packet is left open", bad, "\n".join(f"{p['id']} {p['flow'].get('text')}" for p in bad))


def check_counters(t, rep, truth):
    for dev in ("r0", "t0"):
        ours = [p for p in rep["packet_list"] if p["dev"] == dev]
        t.near(f"every frame {dev} received is a packet", len(ours), truth[dev]["rx_packets"], "interface")
    nstat = truth["rx_nstat"]
    r0 = [p for p in rep["packet_list"] if p["dev"] == "r0"]
    # TcpInSegs counts what TCP is given: a packet that GRO made is one.
    segs = sum({"tcp_v4_rcv", "tcp_v6_rcv"} & {h["stage"] for h in p["hops"]} != set() for p in r0)
    t.near("TCP segments", segs, nstat.get("TcpInSegs", 0), "nstat TcpInSegs")
    no_port = [p for p in r0 if p["outcome"] == "dropped" and p.get("reason") == "NO_SOCKET"
               and p["flow"].get("proto") == 17]
    t.near("UDP to a closed port", len(no_port), nstat.get("UdpNoPorts", 0) + nstat.get("Udp6NoPorts", 0),
            "nstat UdpNoPorts")
    full = [p for p in r0 if p.get("reason") == "SOCKET_RCVBUFF"]
    t.near("UDP dropped for want of room", len(full),
            nstat.get("UdpRcvbufErrors", 0) + nstat.get("Udp6RcvbufErrors", 0), "nstat UdpRcvbufErrors")
    udp = [p for p in r0 if p["outcome"] == "delivered" and p["flow"].get("proto") == 17]
    # Datagrams left in a socket that was closed count as received there, and as dropped with us.
    unread = [p for p in r0 if p["outcome"] == "dropped" and p["flow"].get("proto") == 17
              and any(h["stage"] == "socket" for h in p["hops"])
              and p.get("reason") != "SOCKET_RCVBUFF" and p.get("reason") != "UDP_CSUM"]
    theirs = nstat.get("UdpInDatagrams", 0) + nstat.get("Udp6InDatagrams", 0)
    t.check(f"UDP datagrams delivered ({theirs})", len(udp) - t.slack <= theirs <= len(udp) + len(unread) + t.slack,
            f"rxscope {len(udp)} and {len(unread)} unread, nstat UdpInDatagrams {theirs}")


def check_wire(t, rep, truth, wire):
    # Frames to another MAC address arrive, and are dropped, while the NIC is promiscuous.
    seen = collections.Counter(packet_port(p) for p in rep["packet_list"]
                               if p["dev"] == "r0" and p.get("reason") != "OTHERHOST")
    sent = collections.Counter(frame_port(f) for f in wire_frames(wire) if f[:6] == RX_MAC)
    nic = truth.get("r0_ethtool", {})
    missed = nic.get("nic_mpc", nic.get("rx_missed_errors", 0)) + t.slack	# refnic's name, e1000's name
    gone = 0
    bad = []
    for key, n in sent.items():
        if not key or (key != "fragment" and key[1] not in LISTEN_PORTS):
            continue
        gone += n - seen[key]
        if seen[key] > n or (not missed and seen[key] != n):
            bad.append(f"{key}: wire {n}, rxscope {seen[key]}")
    t.check("every frame on the wire to a port of the scenario is a packet", not bad and gone <= missed,
            "\n".join(bad) + f"\n{gone} frames not seen, NIC missed {missed}")


def check_order(t, rep):
    rank = {s["id"]: i for i, s in enumerate(rep["stages"])}
    backwards, disorder = [], []
    for p in rep["packet_list"]:
        hops = p["hops"]
        times = [h["ts_ns"] for h in hops]
        if times != sorted(times):
            backwards.append(f"{p['id']}: {[(h['stage'], h['ts_ns']) for h in hops]}")
        # A new pass begins with netif_receive_skb (VLAN device, veth): ranks start over there.
        own = [h["stage"] for h in hops if not h["clone"] and h["stage"] not in FREE_ORDER]
        last = -1
        for s in own:
            if rank[s] < last and s not in ("netif_receive_skb", "backlog", "rx_desc", "ip_rcv", "gro"):
                disorder.append(f"{p['id']}: {own}")
                break
            last = rank[s]
    t.check("times never run backwards", not backwards, "\n".join(backwards[:5]))
    t.few("stages come in their order", disorder, "\n".join(disorder[:5]))


def must_stages(p):
    """Stages that a packet of this kind cannot have avoided."""
    f = p["flow"]
    v = f.get("ip")
    must = ["napi_poll", "rx_desc"]
    if p["outcome"] == "merged" and p["merge_kind"] == "gro":
        return must + ["gro"]
    must.append("netif_receive_skb")
    if p["outcome"] != "delivered" or not v:
        return must
    must.append("ip_rcv")
    # IPv6 packets of one list share the first one's route (ip6_can_use_hint, inlined): no function to probe.
    if v == 4:
        must.append("prerouting")
    must += ["ip_local_deliver", "local_in"]
    l4 = {(4, 6): "tcp_v4_rcv", (4, 17): "udp_rcv", (4, 1): "icmp_rcv",
          (6, 6): "tcp_v6_rcv", (6, 17): "udpv6_rcv", (6, 58): "icmpv6_rcv"}.get((v, f.get("proto")))
    if l4:
        must.append(l4)
    return must + ["socket", "app", "end"]


def check_stages(t, rep):
    bad = []
    absent = set().union(*(s for k, s in NO_HOOK.items() if rep["source"]["kernel"].startswith(k)))
    for p in rep["packet_list"]:
        if p["dev"] not in ("r0", "t0"):
            continue
        have = {h["stage"] for h in p["hops"]}
        missing = [s for s in must_stages(p) if s not in have | absent]
        if missing:
            bad.append(f"{p['id']} {p['outcome']} {p['flow'].get('text')}: no {', '.join(missing)}; has "
                       + " ".join(h["stage"] for h in p["hops"]))
    t.few("every packet has the stages of its kind", bad, f"{len(bad)} packets\n" + "\n".join(bad[:6]))


def check_lineage(t, rep):
    by_id = {p["id"]: p for p in rep["packet_list"]}
    merged = [p for p in rep["packet_list"] if p["outcome"] == "merged"]
    orphans = [p["id"] for p in merged if p["merged_into"] not in by_id]
    t.check("a merged packet names the packet it became", not orphans, orphans)
    wrong = []
    # A packet holds what was merged into it, and what had been merged into that before.
    sons = collections.Counter()
    for p in merged:
        while p["merged_into"] in by_id:
            p = by_id[p["merged_into"]]
            sons[p["id"]] += 1
    for p in rep["packet_list"]:
        if sons[p["id"]] != p["merged_count"]:
            wrong.append(f"{p['id']}: {sons[p['id']]} name it, it names {p['merged_count']}")
    t.check("and the other way round", not wrong, "\n".join(wrong))


DROP_KINDS = {
    # traffic of scenario drop: (reason on 6.1, port)
    "nft_prerouting": ("NETFILTER_DROP", 7101),
    "nft_input": ("NETFILTER_DROP", 7102),
    "udp_closed": ("NO_SOCKET", 7103),
    "tcp_closed": ("NO_SOCKET", 7104),
}


def check_drop(t, rep, truth):
    for name, (reason, port) in DROP_KINDS.items():
        got = [p for p in rep["packet_list"] if p["dev"] == "r0" and p["outcome"] == "dropped"
               and p.get("reason") == reason and p["flow"].get("dport") == port]
        t.equal(f"{name} is dropped as {reason}", len(got), truth["traffic"][name]["sent"], "sent")
    at = collections.Counter((p["flow"].get("dport"), p["drop_stage"]) for p in rep["packet_list"]
                             if p["outcome"] == "dropped")
    t.check("nft at PRE_ROUTING drops after ip_rcv, at INPUT after ip_local_deliver",
            at[(7101, "ip_rcv")] == truth["facts"]["nft_prerouting_packets"]
            and at[(7102, "ip_local_deliver")] == truth["facts"]["nft_input_packets"], dict(at))
    n = len([p for p in rep["packet_list"] if p["outcome"] == "dropped" and p.get("reason") == "IP_CSUM"])
    t.equal("bad IP checksums are dropped as IP_CSUM", n, truth["traffic"]["ip_checksum"]["sent"], "sent")


def check_ping(t, rep, truth):
    replies = [p for p in rep["packet_list"] if p["dev"] == "t0" and p["flow"].get("proto") == 1
               and p["flow"].get("icmp_type") == 0]
    bad = [p for p in replies if p["outcome"] != "delivered"]
    t.check(f"an answered ping is no drop ({len(replies)})", replies and not bad,
            "\n".join(f"{p['id']} {p['outcome']} {p.get('reason')}" for p in bad[:8]))
    asks = [p for p in rep["packet_list"] if p["dev"] == "r0" and p["flow"].get("icmp_type") == 8]
    bad = [p["id"] for p in asks if p["outcome"] != "consumed"]
    t.check("the stack itself uses an echo request", asks and not bad, bad)


def check_frag(t, rep, truth):
    parts = [p for p in rep["packet_list"] if p["merge_kind"] == "defrag"]
    bad = [p["id"] for p in parts if p["outcome"] != "merged" or not p["merged_into"]]
    t.check(f"fragments are merged into the packet they became ({len(parts)})", parts and not bad, bad)


EXTRA = {"drop": check_drop, "ping": check_ping, "frag": check_frag}


def main():
    name, report, truth = sys.argv[1], sys.argv[2], sys.argv[3]
    with open(report, encoding="utf-8") as f:
        rep = json.load(f)
    with open(truth, encoding="utf-8") as f:
        truth = json.load(f)
    t = Tap(name, sum(lo["events"] for lo in rep["loss"] if lo["kind"] == "kprobe"))
    if t.slack:
        print(f"# {name}: the kernel missed {t.slack} kprobes; as many packets may differ")
    check_sums(t, rep)
    check_counters(t, rep, truth)
    if len(sys.argv) > 4:
        check_wire(t, rep, truth, sys.argv[4])
    check_order(t, rep)
    check_stages(t, rep)
    check_lineage(t, rep)
    if truth["scenario"] in EXTRA:
        EXTRA[truth["scenario"]](t, rep, truth)
    return 1 if t.failed else 0


if __name__ == "__main__":
    sys.exit(main())
