// TripUpload of topics/trip-uploads.proto, by hand: points as delta-coded columns.
#ifndef TACHO_WIRE_H
#define TACHO_WIRE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

// The columns of a PointBatch in the order of their fields, which are 2 to 14.
enum column {
    TIME, LATITUDE, LONGITUDE, SEQUENCE, SPEED, HEADING, ALTITUDE, ACCURACY, ENGINE, THROTTLE,
    LOAD, MASS_AIR_FLOW, FUEL_RATE, COLUMNS
};

enum { MOST_POINTS = 10000, MOST_UPLOAD_BYTES = 1500000 };
static const int64_t MISSING = INT64_MIN;

// Value i of each column is point i's, or MISSING.
struct points {
    uint32_t count;
    bool is_there[COLUMNS];
    int64_t value[COLUMNS][MOST_POINTS];
};

struct range {
    int64_t low, high;
};

static const struct range RANGES[COLUMNS] = {
    [TIME] = {946684800000, 7258118400000},
    [LATITUDE] = {-900000000, 900000000},
    [LONGITUDE] = {-1800000000, 1800000000},
    [SEQUENCE] = {0, 9007199254740991},
    [SPEED] = {0, 500000},
    [HEADING] = {0, 35999},
    [ALTITUDE] = {-100000, 1500000},
    [ACCURACY] = {0, 10000000},
    [ENGINE] = {0, 2000000},
    [THROTTLE] = {0, 10000},
    [LOAD] = {0, 10000},
    [MASS_AIR_FLOW] = {0, 65535},
    [FUEL_RATE] = {0, 321275},
};

static inline bool in_range(enum column column, int64_t value) {
    return value >= RANGES[column].low && value <= RANGES[column].high;
}

// Bytes from `at` to before `end`.
struct bytes {
    const uint8_t *at, *end;
};

static inline bool take_varint(struct bytes *in, uint64_t *value) {
    uint64_t result = 0;
    for (unsigned shift = 0; shift < 64 && in->at < in->end; shift += 7) {
        uint8_t byte = *in->at++;
        result |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) {
            *value = result;
            return true;
        }
    }
    return false;
}

// The next field: its number, and its value or, where it has a length, its bytes.
static inline bool take_field(struct bytes *in, uint64_t *field, uint64_t *value,
                              struct bytes *inside) {
    uint64_t tag;
    if (!take_varint(in, &tag)) return false;
    *field = tag >> 3;
    inside->at = inside->end = in->at;
    switch (tag & 7) {
    case 0: return take_varint(in, value);
    case 2:
        if (!take_varint(in, value) || *value > (uint64_t)(in->end - in->at)) return false;
        inside->at = in->at;
        inside->end = in->at += *value;
        return true;
    default: return false;
    }
}

// Where a point has a value: bit i % 32 of word i / 32; none says that all have.
static inline bool marked(struct bytes present, uint32_t index) {
    uint32_t word;
    if (present.at == present.end) return true;
    memcpy(&word, present.at + index / 32 * 4, 4);
    return word >> index % 32 & 1;
}

static inline bool decode_column(struct bytes in, struct points *points, enum column column) {
    struct bytes deltas = {0}, present = {0}, inside;
    uint64_t field, value;
    while (in.at < in.end) {
        if (!take_field(&in, &field, &value, &inside)) return false;
        if (field == 1) deltas = inside;
        if (field == 2) present = inside;
    }
    if (present.at != present.end
        && (column <= LONGITUDE || present.end - present.at != (points->count + 31) / 32 * 4))
        return false;
    int64_t last = 0, *values = points->value[column];
    for (uint32_t i = 0; i < points->count; i++) {
        if (!marked(present, i)) {
            values[i] = MISSING;
            continue;
        }
        if (!take_varint(&deltas, &value)) return false;
        last += (int64_t)(value >> 1) ^ -(int64_t)(value & 1);
        if (!in_range(column, last)) return false;
        values[i] = last;
    }
    points->is_there[column] = true;
    return deltas.at == deltas.end;
}

static inline bool decode_points(struct bytes in, struct points *points) {
    struct bytes inside;
    uint64_t field, value;
    memset(points->is_there, 0, sizeof points->is_there);
    points->count = 0;
    while (in.at < in.end) {
        if (!take_field(&in, &field, &value, &inside)) return false;
        if (field == 1) {
            if (value < 1 || value > MOST_POINTS) return false;
            points->count = value;
        } else if (field >= 2 && field < 2 + COLUMNS) {
            if (!decode_column(inside, points, field - 2)) return false;
        }
    }
    return points->is_there[TIME] && points->is_there[LATITUDE] && points->is_there[LONGITUDE];
}

// Reads an upload of points; false for anything else.
static inline bool decode_upload(struct bytes in, struct bytes *user, struct points *points) {
    struct bytes inside;
    uint64_t field, value;
    bool has_points = false;
    user->at = user->end = in.at;
    while (in.at < in.end) {
        if (!take_field(&in, &field, &value, &inside)) return false;
        if (field == 1) *user = inside;
        if (field == 5) has_points = decode_points(inside, points);
    }
    return has_points && user->at < user->end && user->end - user->at <= 256;
}

static inline uint8_t *put_varint(uint8_t *out, uint64_t value) {
    for (; value >= 0x80; value >>= 7) *out++ = value | 0x80;
    *out++ = value;
    return out;
}

static inline uint8_t *put_bytes(uint8_t *out, unsigned field, const void *bytes, size_t count) {
    out = put_varint(put_varint(out, field << 3 | 2), count);
    memcpy(out, bytes, count);
    return out + count;
}

// Appends a column, unless no point has it.
static inline uint8_t *encode_column(uint8_t *out, const struct points *points,
                                     enum column column) {
    static uint8_t deltas[MOST_POINTS * 10], inside[sizeof deltas + MOST_POINTS];
    static uint32_t present[MOST_POINTS / 32 + 1];
    const int64_t *values = points->value[column];
    uint8_t *end = deltas;
    uint32_t there = 0;
    int64_t last = 0;
    memset(present, 0, (points->count + 31) / 32 * 4);
    for (uint32_t i = 0; i < points->count; i++) {
        if (values[i] == MISSING) continue;
        int64_t delta = values[i] - last;
        end = put_varint(end, (uint64_t)delta << 1 ^ (uint64_t)(delta >> 63));
        last = values[i];
        present[i / 32] |= 1u << i % 32;
        there++;
    }
    if (!there) return out;
    uint8_t *inner = put_bytes(inside, 1, deltas, end - deltas);
    if (there < points->count) inner = put_bytes(inner, 2, present, (points->count + 31) / 32 * 4);
    return put_bytes(out, column + 2, inside, inner - inside);
}

// Writes an upload into room for MOST_UPLOAD_BYTES; returns how many it takes.
static inline size_t encode_upload(uint8_t *out, const char *user, size_t user_size,
                                   const struct points *points) {
    static uint8_t inside[MOST_UPLOAD_BYTES];
    uint8_t *start = out, *inner = put_varint(put_varint(inside, 1 << 3), points->count);
    for (enum column column = TIME; column < COLUMNS; column++)
        if (points->is_there[column]) inner = encode_column(inner, points, column);
    out = put_bytes(out, 1, user, user_size);
    return put_bytes(out, 5, inside, inner - inside) - start;
}

#endif
