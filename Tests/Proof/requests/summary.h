/* What there is to tell at the end, as JSON. */
#ifndef SUMMARY_H
#define SUMMARY_H
#include <stdbool.h>
#include <stdint.h>

enum route { UPLOAD, END, LIST, TRIP, EVENTS, TRACK, USER, HOME, PAGE, ROUTES };

struct options {
    int write_port, read_ports[8], readers, connections, streams;
    double requests_per_second; /* of all; 0: as many as there come */
    double seconds;             /* 0: until SIGTERM */
    bool is_forgiving;          /* connections may break, and 503 is an answer */
    bool rules_vary;            /* within a version, as after a replay */
    uint64_t seed;
    const char *trips; /* file of "trip user" lines: all there before */
};

/* The versions that one connection saw, or was told of. */
struct sequence {
    long *versions;
    int count;
};

extern const char *const route_names[ROUTES];

double now(void); /* in seconds, of a clock that only goes forward */
void note_answer(enum route route, double seconds);
void note_failure(const char *format, ...) __attribute__((format(printf, 1, 2)));
void note_late(void);    /* 503 to a read that was to wait for an upload */
void note_refused(void); /* another 503 */
void note_broken(void);  /* no answer */
/* Notes it where it is not the last one, or in any case. */
void note_version(struct sequence *sequence, long version);
void add_version(struct sequence *sequence, long version);
/* False where the version was seen with other rules. */
bool note_rules(long version, const char *hash);
void print_summary(double seconds);
void print_sequence(const struct sequence *sequence);

#endif
