/* A client that sends a trip of its own and reads it and others, one request after another. */
#ifndef CLIENT_H
#define CLIENT_H
#include "connection.h"
#include "summary.h"

struct client {
    int number;
    struct connection reading, writing;
    struct connection *asked; /* the one that an answer is awaited on; NULL between requests */
    double due, began;
    enum route route;
    int turn, target, tagged;
    bool waits;    /* with Tacho-Read-After */
    bool has_tag;  /* asks with If-None-Match */
    int own, trips; /* its trip, and how many it had */
    long sent, confirmed; /* points: sent at least once, answered */
    char position[64], tag[80];
    long tag_version, *seen; /* points of each trip that this connection was shown */
    struct sequence versions;
    unsigned long long random;
};

/* Reads the trips that are there. */
void know_trips(const struct options *options);
/* A trip that is there, and how many there are. */
const char *known_trip(int number);
int known_trips(void);

void begin_client(struct client *client, int number, const struct options *options);
/* Sends the next request. */
void ask(struct client *client);
/* Gives up waiting for the answer. */
void abandon(struct client *client);
/* Takes what came in, and says when the next request is due. */
void hear(struct client *client);

#endif
