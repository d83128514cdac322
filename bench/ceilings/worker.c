// The ceiling of the scorer: reads trip-uploads in a group, decodes them, takes differences of
// neighbouring points in place of the kernel, and writes as many records as the scorer, of the
// same sizes, in transactions with the offsets. Ends on SIGTERM.
//
// worker BROKERS PREFIX SCORE_BYTES EVENT_BYTES EVENTS
//   SCORE_BYTES, EVENT_BYTES: of the values of a score and of an event; EVENTS: in 10^6 points.
#define _GNU_SOURCE
#include <librdkafka/rdkafka.h>
#include <signal.h>
#include <stdio.h>

#include "wire.h"

enum { MOST_RECORDS = 1000, MOST_BYTES = 4 << 20, MOST_VALUE = 1 << 20, SLOTS = 1 << 18 };
enum { MOST_PARTITIONS = 1024 };

// What is known of a trip.
struct trip {
    char *name;
    size_t size;
    uint32_t batch;  // the last one that touched it
    int32_t partition;
    int64_t first_upload, last_upload, last_upload_ms;
    int64_t points, time_ms, latitude, longitude, speed;
    uint64_t moved, most_speed, hardest;
    uint64_t owed;  // events, in millionths
};

static struct trip trips[SLOTS];
static struct trip *touched[MOST_RECORDS];
static int touched_count;
static int64_t next_offset[MOST_PARTITIONS];  // of the batch at hand; 0 for none
static struct points points;
static uint32_t batch;
static volatile sig_atomic_t stopped;
static size_t score_bytes, event_bytes;
static uint64_t events_a_million;
static rd_kafka_t *producer, *consumer;
static rd_kafka_topic_t *scores, *events;
static uint64_t points_done, records_in, records_out, transactions;

static void stop(int signal) {
    (void)signal;
    stopped = 1;
}

static void fail(const char *what, const char *why) {
    fprintf(stderr, "worker: %s: %s\n", what, why);
    exit(1);
}

static struct trip *find_trip(const void *name, size_t size) {
    uint64_t hash = 14695981039346656037u;
    for (size_t i = 0; i < size; i++) hash = (hash ^ ((const uint8_t *)name)[i]) * 1099511628211u;
    for (uint64_t slot = hash;; slot++) {
        struct trip *trip = &trips[slot % SLOTS];
        if (!trip->name) {
            trip->name = strndup(name, size);
            trip->size = size;
            trip->first_upload = -1;
            return trip;
        }
        if (trip->size == size && memcmp(trip->name, name, size) == 0) return trip;
    }
}

static uint64_t distance(int64_t a, int64_t b) { return a < b ? b - a : a - b; }

// In place of the kernel: how far, how fast, how hard, from one point to the next.
static void follow(struct trip *trip) {
    for (uint32_t i = 0; i < points.count; i++) {
        int64_t time = points.value[TIME][i], latitude = points.value[LATITUDE][i];
        int64_t longitude = points.value[LONGITUDE][i];
        int64_t speed = points.is_there[SPEED] ? points.value[SPEED][i] : MISSING;
        if (trip->points++ > 0 && time > trip->time_ms) {
            uint64_t milliseconds = time - trip->time_ms;
            uint64_t moved = distance(latitude, trip->latitude)
                + distance(longitude, trip->longitude);
            trip->moved += moved;
            if (moved / milliseconds > trip->most_speed) trip->most_speed = moved / milliseconds;
            if (speed != MISSING && trip->speed != MISSING) {
                uint64_t change = distance(speed, trip->speed) * 1000 / milliseconds;
                if (change > trip->hardest) trip->hardest = change;
            }
        }
        trip->time_ms = time;
        trip->latitude = latitude;
        trip->longitude = longitude;
        trip->speed = speed;
    }
    trip->owed += points.count * events_a_million;
}

static void absorb(const rd_kafka_message_t *message) {
    struct bytes user;
    struct bytes value = {message->payload, (uint8_t *)message->payload + message->len};
    if (message->partition >= MOST_PARTITIONS) fail("absorbing", "too many partitions");
    next_offset[message->partition] = message->offset + 1;
    records_in++;
    if (!decode_upload(value, &user, &points)) fail("decoding", "not an upload of points");
    struct trip *trip = find_trip(message->key, message->key_len);
    follow(trip);
    if (trip->batch != batch) touched[touched_count++] = trip;
    trip->batch = batch;
    trip->partition = message->partition;
    if (trip->first_upload < 0) trip->first_upload = message->offset;
    trip->last_upload = message->offset;
    trip->last_upload_ms = rd_kafka_message_timestamp(message, NULL);
    points_done += points.count;
}

static void produce(rd_kafka_topic_t *topic, int32_t partition, const void *key, size_t key_size,
                    const void *value, size_t size, rd_kafka_headers_t *headers) {
    rd_kafka_resp_err_t error;
    while ((error = rd_kafka_producev(
                producer, RD_KAFKA_V_RKT(topic), RD_KAFKA_V_PARTITION(partition),
                RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_KEY(key, key_size),
                RD_KAFKA_V_VALUE((void *)value, size), RD_KAFKA_V_HEADERS(headers),
                RD_KAFKA_V_END))) {
        if (error != RD_KAFKA_RESP_ERR__QUEUE_FULL) fail("producing", rd_kafka_err2str(error));
        rd_kafka_poll(producer, 10);
    }
    records_out++;
}

static void add_number(rd_kafka_headers_t *headers, const char *name, int64_t number) {
    char text[24];
    rd_kafka_header_add(headers, name, -1, text, snprintf(text, sizeof text, "%ld", number));
}

// A value of the size wanted that begins with what was found.
static void say(struct trip *trip) {
    static uint8_t value[MOST_VALUE];
    uint8_t *end = put_bytes(value, 1, trip->name, trip->size);
    end = put_varint(put_varint(end, 8 << 3), trip->moved);
    end = put_varint(put_varint(end, 10 << 3), trip->most_speed);
    put_varint(put_varint(end, 11 << 3), trip->hardest);
    rd_kafka_headers_t *headers = rd_kafka_headers_new(5);
    add_number(headers, "tacho-first-upload", trip->first_upload);
    add_number(headers, "tacho-last-upload", trip->last_upload);
    add_number(headers, "tacho-last-upload-time", trip->last_upload_ms);
    rd_kafka_header_add(headers, "tacho-owner", -1, "anonymous", -1);
    rd_kafka_header_add(headers, "tacho-state", -1, "driving", -1);
    produce(scores, trip->partition, trip->name, trip->size, value, score_bytes, headers);
    for (; trip->owed >= 1000000; trip->owed -= 1000000) {
        char key[320];
        int size = snprintf(key, sizeof key, "%.256s-hardBrake-%ld", trip->name, trip->time_ms);
        produce(events, trip->partition, key, size, value, event_bytes, NULL);
    }
}

static void check(const char *step, rd_kafka_error_t *error) {
    if (error) fail(step, rd_kafka_error_string(error));
}

// Writes what the batch comes to, and how far it was read, both or neither.
static void commit(const char *topic) {
    rd_kafka_error_t *error;
    check("beginning", rd_kafka_begin_transaction(producer));
    for (int i = 0; i < touched_count; i++) say(touched[i]);
    rd_kafka_topic_partition_list_t *offsets = rd_kafka_topic_partition_list_new(64);
    for (int partition = 0; partition < MOST_PARTITIONS; partition++) {
        if (!next_offset[partition]) continue;
        uint8_t value[11], *end = put_varint(put_varint(value, 1 << 3), next_offset[partition]);
        produce(scores, partition, "\0progress", 9, value, end - value, NULL);
        rd_kafka_topic_partition_list_add(offsets, topic, partition)->offset =
            next_offset[partition];
        next_offset[partition] = 0;
    }
    rd_kafka_consumer_group_metadata_t *group = rd_kafka_consumer_group_metadata(consumer);
    do error = rd_kafka_send_offsets_to_transaction(producer, offsets, group, 10000);
    while (error && rd_kafka_error_is_retriable(error));
    check("sending offsets", error);
    do error = rd_kafka_commit_transaction(producer, 10000);
    while (error && rd_kafka_error_is_retriable(error));
    check("committing", error);
    rd_kafka_consumer_group_metadata_destroy(group);
    rd_kafka_topic_partition_list_destroy(offsets);
    transactions++;
}

// Takes the first message with patience, and then what is there.
static void turn(rd_kafka_queue_t *queue, const char *topic) {
    static rd_kafka_message_t *messages[MOST_RECORDS];
    size_t bytes = 0;
    int count = 0;
    rd_kafka_message_t *message = rd_kafka_consumer_poll(consumer, 100);
    batch++;
    touched_count = 0;
    while (message) {
        if (message->err) fprintf(stderr, "worker: %s\n", rd_kafka_message_errstr(message));
        else {
            bytes += message->key_len + message->len;
            messages[count++] = message;
            absorb(message);
        }
        if (count == MOST_RECORDS || bytes >= MOST_BYTES) break;
        if (rd_kafka_consume_batch_queue(queue, 0, &message, 1) < 1) break;
    }
    if (count) commit(topic);
    for (int i = 0; i < count; i++) rd_kafka_message_destroy(messages[i]);
}

static rd_kafka_t *client(rd_kafka_type_t type, const char *(*settings)[2]) {
    char reason[512];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    for (; (*settings)[0]; settings++)
        if (rd_kafka_conf_set(conf, (*settings)[0], (*settings)[1], reason, sizeof reason))
            fail((*settings)[0], reason);
    rd_kafka_t *made = rd_kafka_new(type, conf, reason, sizeof reason);
    if (!made) fail("making a client", reason);
    return made;
}

static void connect_to(const char *brokers, const char *group) {
    const char *output[][2] = {
        {"bootstrap.servers", brokers}, {"acks", "all"}, {"transactional.id", group},
        {"transaction.timeout.ms", "10000"}, {"linger.ms", "1"}, {"retry.backoff.ms", "2"},
        {"socket.nagle.disable", "true"}, {NULL, NULL}};
    const char *input[][2] = {
        {"bootstrap.servers", brokers}, {"group.id", group}, {"group.instance.id", "ceiling"},
        {"isolation.level", "read_committed"}, {"auto.offset.reset", "earliest"},
        {"enable.auto.commit", "false"}, {"enable.auto.offset.store", "false"},
        {"partition.assignment.strategy", "cooperative-sticky"}, {"fetch.wait.max.ms", "100"},
        {"queued.max.messages.kbytes", "16384"}, {"socket.nagle.disable", "true"}, {NULL, NULL}};
    producer = client(RD_KAFKA_PRODUCER, output);
    check("beginning transactions", rd_kafka_init_transactions(producer, 20000));
    consumer = client(RD_KAFKA_CONSUMER, input);
    rd_kafka_poll_set_consumer(consumer);
}

int main(int count, char **words) {
    char topic[256], group[256], name[256];
    if (count != 6) fail("usage", "worker BROKERS PREFIX SCORE_BYTES EVENT_BYTES EVENTS");
    score_bytes = strtoul(words[3], NULL, 10);
    event_bytes = strtoul(words[4], NULL, 10);
    events_a_million = strtoul(words[5], NULL, 10);
    if (score_bytes > MOST_VALUE || event_bytes > MOST_VALUE) fail("usage", "values too large");
    signal(SIGTERM, stop);
    snprintf(topic, sizeof topic, "%strip-uploads", words[2]);
    snprintf(group, sizeof group, "%sceiling", words[2]);
    connect_to(words[1], group);
    snprintf(name, sizeof name, "%sceiling-scores", words[2]);
    scores = rd_kafka_topic_new(producer, name, NULL);
    snprintf(name, sizeof name, "%sceiling-events", words[2]);
    events = rd_kafka_topic_new(producer, name, NULL);

    rd_kafka_topic_partition_list_t *wanted = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(wanted, topic, RD_KAFKA_PARTITION_UA);
    rd_kafka_subscribe(consumer, wanted);
    rd_kafka_topic_partition_list_destroy(wanted);
    rd_kafka_queue_t *queue = rd_kafka_queue_get_consumer(consumer);
    while (!stopped) turn(queue, topic);
    rd_kafka_queue_destroy(queue);
    rd_kafka_consumer_close(consumer);
    rd_kafka_topic_destroy(scores);
    rd_kafka_topic_destroy(events);
    rd_kafka_destroy(consumer);
    rd_kafka_destroy(producer);
    fprintf(stderr, "worker: %lu points in %lu records came to %lu records in %lu transactions\n",
            points_done, records_in, records_out, transactions);
    return 0;
}
