#define _GNU_SOURCE
#include "client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "documents.h"

enum { TRIPS = 20000, TURNS = 16, POINTS = 5, POINTS_A_TRIP = 2000 };
static const double PATIENCE = 0.1;

struct trip {
    char id[64], user[64];
    bool is_given; /* it was there before */
};

static struct trip trips[TRIPS];
static int count, given;
static const struct options *settings;

void know_trips(const struct options *options) {
    settings = options;
    FILE *file = fopen(options->trips, "r");
    if (!file) {
        perror(options->trips);
        exit(2);
    }
    while (count < TRIPS && fscanf(file, "%63s %63s", trips[count].id, trips[count].user) == 2)
        trips[count++].is_given = true;
    fclose(file);
    given = count;
    if (!given) exit(2);
}

const char *known_trip(int number) { return trips[number % given].id; }
int known_trips(void) { return given; }

static unsigned pick(struct client *client, unsigned below) {
    client->random = client->random * 6364136223846793005ull + 1442695040888963407ull;
    return (unsigned)(client->random >> 33) % below;
}

static void begin_trip(struct client *client) {
    if (count == TRIPS) exit(2);
    client->own = count++;
    client->sent = client->confirmed = 0;
    struct trip *trip = &trips[client->own];
    snprintf(trip->id, sizeof trip->id, "load-%llx-%d-%d", (unsigned long long)settings->seed,
             client->number, client->trips++);
    snprintf(trip->user, sizeof trip->user, "load-%d", client->number);
}

void begin_client(struct client *client, int number, const struct options *options) {
    client->number = number;
    client->random = options->seed + (unsigned long long)number;
    client->reading = (struct connection){
        .owner = client, .port = options->read_ports[number % options->readers], .descriptor = -1};
    client->writing = (struct connection){
        .owner = client, .port = options->write_port, .descriptor = -1};
    client->seen = calloc(TRIPS, sizeof(long));
    if (!client->seen) abort();
    client->tagged = -1;
    begin_trip(client);
}

static void compose_upload(struct client *client, struct buffer *body) {
    appendf(body, "{\"userId\":\"%s\",\"points\":[", trips[client->own].user);
    client->sent = client->confirmed + POINTS;
    for (long point = client->confirmed; point < client->sent; point++)
        appendf(body, "%s{\"sequence\":%ld,\"time\":%lld,\"latitude\":%.7f,\"longitude\":%d}",
                point == client->confirmed ? "" : ",", point, 1760000000000 + 1000ll * point,
                47 + 0.0001 * (double)point + 0.00003 * (double)(point % 7), client->number);
    appendf(body, "]}");
}

static void choose(struct client *client) {
    static const enum route reads[] = {LIST, TRIP, TRIP, TRIP, EVENTS, TRACK, USER, HOME, PAGE};
    client->waits = client->has_tag = false;
    client->target = client->own;
    bool is_full = client->confirmed >= POINTS_A_TRIP;
    switch (client->turn) {
    case 0: client->route = is_full ? END : UPLOAD; return;
    case 1:
        client->route = TRIP;
        client->waits = true;
        return;
    case 2: client->route = TRACK; return;
    case 3: client->route = PAGE; return;
    }
    client->route = reads[pick(client, sizeof reads / sizeof *reads)];
    client->target = (int)pick(client, (unsigned)count);
    if (client->route == TRIP && client->tagged >= 0 && pick(client, 4) == 0) {
        client->target = client->tagged;
        client->has_tag = true;
    }
}

static void compose(struct client *client, struct buffer *out) {
    const struct trip *trip = &trips[client->target];
    static const char *const paths[ROUTES] = {
        [UPLOAD] = "/v1/trips/%s/points", [END] = "/v1/trips/%s/end",
        [LIST] = "/v1/trips?limit=20",    [TRIP] = "/v1/trips/%s",
        [EVENTS] = "/v1/trips/%s/events", [TRACK] = "/v1/trips/%s/track",
        [USER] = "/v1/users/%s",          [HOME] = "/",
        [PAGE] = "/trips/%s"};
    const char *name = client->route == USER ? trip->user : trip->id;
    struct text path = {paths[client->route], paths[client->route] + strlen(paths[client->route])};
    const char *rest = after(path, "%s");
    bool is_write = client->route == UPLOAD || client->route == END;
    appendf(out, "%s ", is_write ? "POST" : "GET");
    append(out, path.at, (size_t)((rest ? rest - 2 : path.end) - path.at));
    if (rest) appendf(out, "%s%s", name, rest);
    appendf(out, " HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %s\r\n", token());
    if (client->waits) appendf(out, "Tacho-Read-After: %s\r\n", client->position);
    if (client->has_tag) appendf(out, "If-None-Match: %s\r\n", client->tag);
    if (!is_write) {
        appendf(out, "\r\n");
        return;
    }
    static struct buffer body;
    body.length = 0;
    if (client->route == UPLOAD) compose_upload(client, &body);
    else appendf(&body, "{\"userId\":\"%s\"}", trip->user);
    appendf(out, "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n", body.length);
    append(out, body.bytes, body.length);
}

static void broke(struct client *client, const char *what) {
    if (settings->is_forgiving) note_broken();
    else note_failure("%s of %s: %s", route_names[client->route], trips[client->target].id, what);
    close_connection(client->asked);
    client->asked = NULL;
    client->due = now() + PATIENCE;
    /* What the next connection shows may come from another reader. */
    if (settings->is_forgiving) memset(client->seen, 0, TRIPS * sizeof(long));
    client->tagged = -1;
}

void ask(struct client *client) {
    choose(client);
    bool is_write = client->route == UPLOAD || client->route == END;
    bool is_one = client->writing.port == client->reading.port;
    client->asked = is_write && !is_one ? &client->writing : &client->reading;
    client->began = now();
    close_ended(client->asked);
    if (client->asked->descriptor < 0 && !open_connection(client->asked)) {
        broke(client, "nobody takes connections");
        return;
    }
    compose(client, &client->asked->out);
    if (!send_more(client->asked)) broke(client, "the connection broke");
}

/* A document is from the answer's version, by its rules, and no older than what was seen. */
static void check_document(struct client *client, const struct document *document,
                           const struct answer *answer) {
    const char *route = route_names[client->route];
    int length = (int)(document->id.end - document->id.at);
    const char *id = document->id.at;
    if (document->version != answer->version)
        note_failure("%s: %.*s is of version %ld in an answer of version %ld", route, length, id,
                     document->version, answer->version);
    else if (!settings->rules_vary && !note_rules(document->version, document->hash))
        note_failure("%s: %.*s is by rules %s, not those of version %ld", route, length, id,
                     document->hash, document->version);
    for (int trip = 0; trip < count; trip++) {
        if (strncmp(trips[trip].id, id, (size_t)length) || trips[trip].id[length]) continue;
        if (document->readings < client->seen[trip])
            note_failure("%s: %.*s has %ld readings, %ld were seen (version %ld)", route, length,
                         id, document->readings, client->seen[trip], answer->version);
        client->seen[trip] = document->readings;
    }
}

static void check_track(struct client *client, struct text body, long version) {
    long points = values_after(body, "\"time\":[");
    long *seen = &client->seen[client->target];
    if (points < *seen)
        note_failure("track: %s has %ld points, %ld were seen (version %ld)",
                     trips[client->target].id, points, *seen, version);
    if (points > *seen) *seen = points;
}

static void check_page(struct client *client, struct text body, long version) {
    char hash[24];
    if (!after(body, "</html>")) note_failure("page: no whole page");
    if (client->route != PAGE || settings->rules_vary) return;
    if (!word_after(body, "hash <code>", '<', hash, sizeof hash))
        note_failure("page: %s does not say by which rules", trips[client->target].id);
    else if (!note_rules(version, hash))
        note_failure("page: %s is by rules %s, not those of version %ld",
                     trips[client->target].id, hash, version);
}

static void check_body(struct client *client, const struct answer *answer) {
    struct text body = {answer->body, answer->body + answer->length};
    struct document document;
    switch (client->route) {
    case TRIP:
    case LIST: {
        int found = 0;
        while (next_document(&body, &document)) {
            found++;
            check_document(client, &document, answer);
        }
        if (!found) note_failure("%s: no trip in it", route_names[client->route]);
        break;
    }
    case TRACK: check_track(client, body, answer->version); break;
    case USER:
        if (number_after(body, "\"version\":") != answer->version)
            note_failure("user: version %ld in an answer of version %ld",
                         number_after(body, "\"version\":"), answer->version);
        break;
    case EVENTS:
        if (!after(body, "{\"events\":[")) note_failure("events: none in it");
        break;
    default: check_page(client, body, answer->version);
    }
    if (client->waits && client->seen[client->own] < client->confirmed)
        note_failure("trip: %s was to have %ld points after %s, and has %ld (version %ld)",
                     trips[client->own].id, client->confirmed, client->position,
                     client->seen[client->own], answer->version);
}

static void check_read(struct client *client, const struct answer *answer) {
    const struct trip *trip = &trips[client->target];
    if (!answer->version) note_failure("%s: no Tacho-Version", route_names[client->route]);
    else note_version(&client->versions, answer->version);
    if (answer->status == 304) {
        if (!client->has_tag || answer->version != client->tag_version)
            note_failure("trip: %s is unchanged by version %ld, known is version %ld", trip->id,
                         answer->version, client->tag_version);
        return;
    }
    /* Others' trips are known here once they were seen here. */
    bool may_be_unknown = !trip->is_given && !client->seen[client->target];
    if (answer->status == 404 && may_be_unknown) return;
    if (answer->status != 200) {
        note_failure("%s of %s: %d %.*s", route_names[client->route], trip->id, answer->status,
                     (int)answer->length, answer->body);
        return;
    }
    check_body(client, answer);
    if (client->route != TRIP || client->has_tag) return;
    client->tagged = client->target;
    client->tag_version = answer->version;
    memcpy(client->tag, answer->tag, sizeof client->tag);
}

static void take(struct client *client, const struct answer *answer) {
    double time = now();
    note_answer(client->route, time - client->began);
    bool is_write = client->route == UPLOAD || client->route == END;
    client->due = time;
    if (answer->status == 503 && (client->waits || settings->is_forgiving)) {
        if (client->waits) note_late();
        else note_refused();
        client->due = time + PATIENCE;
        return;
    }
    client->turn = (client->turn + 1) % TURNS;
    if (!is_write) {
        check_read(client, answer);
        return;
    }
    if (answer->status != 202 || !answer->position[0]) {
        note_failure("%s of %s: %d %.*s", route_names[client->route], trips[client->own].id,
                     answer->status, (int)answer->length, answer->body);
        client->turn = 0;
        return;
    }
    memcpy(client->position, answer->position, sizeof client->position);
    if (client->route == UPLOAD) client->confirmed = client->sent;
    else begin_trip(client), client->turn = 0;
}

void abandon(struct client *client) { broke(client, "no answer"); }

void hear(struct client *client) {
    struct answer answer;
    struct connection *asked = client->asked;
    if (!asked) return;
    if (asked->out.length && !send_more(asked)) {
        broke(client, "the connection broke");
        return;
    }
    bool is_open = receive_more(asked);
    int parsed = parse_answer(&asked->in, &answer);
    if (parsed == 1) {
        take(client, &answer);
        client->asked = NULL;
        consume(&asked->in, answer.consumed);
        if (answer.closes || !is_open) close_connection(asked);
    } else if (parsed < 0 || !is_open) {
        broke(client, "the connection broke");
    }
}
