/* Asks a running installation without a pause, and checks every answer.
 *
 *   requests --write PORT --read PORT [--read PORT…] --trips FILE [--connections N] [--streams N]
 *            [--rate N] [--seconds S] [--forgiving] [--rules-vary] [--seed N]
 *
 * Prints what it found as one line of JSON, after so many seconds or when it is sent SIGTERM. What
 * it finds wrong it also says at once, to standard error with the time of CLOCK_MONOTONIC.
 */
#define _GNU_SOURCE
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>

#include "client.h"
#include "stream.h"

enum { CLIENTS = 64, STREAMS = 1000, EVENTS_AT_ONCE = 256, TICK_MS = 5 };
static const double PATIENCE = 20; /* for an answer */

static struct client clients[CLIENTS];
static struct stream streams[STREAMS];
static volatile sig_atomic_t is_over;

static void end(int signal) {
    (void)signal;
    is_over = 1;
}

static struct options parse(int count, char **words) {
    struct options options = {.connections = 4, .seed = 1};
    static const struct option names[] = {
        {"write", 1, 0, 'w'},     {"read", 1, 0, 'r'},       {"connections", 1, 0, 'c'},
        {"streams", 1, 0, 's'},   {"rate", 1, 0, 'p'},       {"seconds", 1, 0, 't'},
        {"seed", 1, 0, 'n'},      {"trips", 1, 0, 'k'},      {"forgiving", 0, 0, 'f'},
        {"rules-vary", 0, 0, 'v'}, {0}};
    int name;
    while ((name = getopt_long(count, words, "", names, NULL)) != -1) switch (name) {
        case 'w': options.write_port = atoi(optarg); break;
        case 'r':
            if (options.readers == 8) exit(2);
            options.read_ports[options.readers++] = atoi(optarg);
            break;
        case 'c': options.connections = atoi(optarg); break;
        case 's': options.streams = atoi(optarg); break;
        case 'p': options.requests_per_second = atof(optarg); break;
        case 't': options.seconds = atof(optarg); break;
        case 'n': options.seed = strtoull(optarg, NULL, 10); break;
        case 'k': options.trips = optarg; break;
        case 'f': options.is_forgiving = true; break;
        case 'v': options.rules_vary = true; break;
        default: exit(2);
        }
    if (!options.write_port || !options.readers || !options.trips ||
        options.connections > CLIENTS || options.streams > STREAMS)
        exit(2);
    return options;
}

/* Everything that is due; the pace is one for all. */
static void begin_due(const struct options *options) {
    static double next;
    double time = now();
    if (next < time - 0.1) next = time - 0.1;
    for (int index = 0; index < options->connections; index++) {
        struct client *client = &clients[index];
        if (client->asked && time > client->began + PATIENCE) abandon(client);
        if (client->asked || client->due > time) continue;
        if (options->requests_per_second > 0) {
            if (next > time) continue;
            next += 1 / options->requests_per_second;
        }
        ask(client);
    }
    for (int index = 0; index < options->streams; index++) {
        struct stream *stream = &streams[index];
        if (stream->connection.descriptor < 0 && stream->due <= time) open_stream(stream);
    }
}

static void hear_all(void) {
    struct epoll_event events[EVENTS_AT_ONCE];
    int count = epoll_wait(poller, events, EVENTS_AT_ONCE, TICK_MS);
    for (int index = 0; index < count; index++) {
        char *owner = events[index].data.ptr;
        if (owner >= (char *)clients && owner < (char *)(clients + CLIENTS))
            hear((struct client *)(void *)owner);
        else hear_stream((struct stream *)(void *)owner);
    }
}

int main(int count, char **words) {
    struct options options = parse(count, words);
    struct sigaction action = {.sa_handler = end};
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    poller = epoll_create1(EPOLL_CLOEXEC);
    know_trips(&options);
    for (int index = 0; index < options.connections; index++)
        begin_client(&clients[index], index, &options);
    for (int index = 0; index < options.streams; index++)
        begin_stream(&streams[index], index, &options);
    double began = now();
    while (!is_over && (options.seconds == 0 || now() < began + options.seconds)) {
        begin_due(&options);
        hear_all();
    }
    printf("{");
    print_summary(now() - began);
    printf(", \"versions\": [");
    for (int index = 0; index < options.connections; index++) {
        if (index) printf(", ");
        print_sequence(&clients[index].versions);
    }
    printf("], ");
    print_streams(streams, options.streams);
    printf("}\n");
    return 0;
}
