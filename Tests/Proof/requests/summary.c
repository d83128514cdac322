#define _GNU_SOURCE
#include "summary.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { EXAMPLES = 8, VERSIONS = 4096 };

const char *const route_names[ROUTES] = {"points", "end",  "list", "trip", "events",
                                         "track",  "user", "home", "page"};

static struct {
    float *milliseconds;
    size_t count, room;
} routes[ROUTES];
static char examples[EXAMPLES][400];
static long failures, late, refused, broken;
static char rules_of[VERSIONS][24];

double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

void note_answer(enum route route, double seconds) {
    if (routes[route].count == routes[route].room) {
        routes[route].room = routes[route].room ? 2 * routes[route].room : 1024;
        routes[route].milliseconds =
            realloc(routes[route].milliseconds, routes[route].room * sizeof(float));
        if (!routes[route].milliseconds) abort();
    }
    routes[route].milliseconds[routes[route].count++] = (float)(1000 * seconds);
}

void note_failure(const char *format, ...) {
    if (failures++ >= EXAMPLES) return;
    char *text = examples[failures - 1];
    va_list values;
    va_start(values, format);
    vsnprintf(text, sizeof examples[0], format, values);
    va_end(values);
    for (char *at = text; *at; at++)
        if (*at < ' ' || *at > '~' || *at == '"' || *at == '\\') *at = '\'';
    fprintf(stderr, "%.3f %s\n", now(), text);
}

void note_late(void) { late++; }
void note_refused(void) { refused++; }
void note_broken(void) { broken++; }

void note_version(struct sequence *sequence, long version) {
    if (!sequence->count || sequence->versions[sequence->count - 1] != version)
        add_version(sequence, version);
}

void add_version(struct sequence *sequence, long version) {
    sequence->versions =
        realloc(sequence->versions, ((size_t)sequence->count + 1) * sizeof(long));
    if (!sequence->versions) abort();
    sequence->versions[sequence->count++] = version;
}

bool note_rules(long version, const char *hash) {
    if (version < 0 || version >= VERSIONS || !*hash) return false;
    if (!rules_of[version][0]) snprintf(rules_of[version], sizeof rules_of[0], "%s", hash);
    return strcmp(rules_of[version], hash) == 0;
}

static int by_size(const void *one, const void *other) {
    float a = *(const float *)one, b = *(const float *)other;
    return (a > b) - (a < b);
}

void print_summary(double seconds) {
    size_t total = 0;
    printf("\"seconds\": %.3f, \"requests\": {", seconds);
    for (int route = 0; route < ROUTES; route++) {
        total += routes[route].count;
        printf("%s\"%s\": %zu", route ? ", " : "", route_names[route], routes[route].count);
    }
    float *all = malloc((total + 1) * sizeof(float));
    if (!all) abort();
    size_t at = 0;
    for (int route = 0; route < ROUTES; route++) {
        if (!routes[route].count) continue;
        memcpy(all + at, routes[route].milliseconds, routes[route].count * sizeof(float));
        at += routes[route].count;
    }
    qsort(all, total, sizeof(float), by_size);
    all[total] = total ? all[total - 1] : 0;
    printf("}, \"total\": %zu, \"per_second\": %.1f, ", total, (double)total / seconds);
    printf("\"milliseconds\": {\"p50\": %.2f, \"p99\": %.2f, \"p999\": %.2f, \"max\": %.2f}, ",
           (double)all[total / 2], (double)all[total * 99 / 100],
           (double)all[total * 999 / 1000], (double)all[total]);
    printf("\"failures\": %ld, \"late\": %ld, \"refused\": %ld, \"broken\": %ld, \"examples\": [",
           failures, late, refused, broken);
    for (int index = 0; index < EXAMPLES && index < failures; index++)
        printf("%s\"%s\"", index ? ", " : "", examples[index]);
    printf("]");
    free(all);
}

void print_sequence(const struct sequence *sequence) {
    printf("[");
    for (int index = 0; index < sequence->count; index++)
        printf("%s%ld", index ? ", " : "", sequence->versions[index]);
    printf("]");
}
