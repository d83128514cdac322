// The body of POST /v1/trips/{trip}/points, read straight into columns.
#ifndef TACHO_JSON_H
#define TACHO_JSON_H

#include "wire.h"

#include <math.h>

enum { MOST_REMARKS = 1000, MOST_DEPTH = 64 };

// A value that was not taken: where, and whether its point went with it.
struct remark {
    uint32_t index;
    enum column column;
};

struct upload {
    struct bytes user;
    struct points points;
    uint32_t rejected_count, warning_count;
    struct remark rejected[MOST_REMARKS], warnings[MOST_REMARKS];
};

struct field {
    const char *name;
    size_t size;
    int factor, zeros;  // a value is stored as value * factor * 10^zeros
};

#define FIELD(name, factor, zeros) {name, sizeof name - 1, factor, zeros}
static const struct field FIELDS[COLUMNS] = {
    [TIME] = FIELD("time", 1, 0),
    [LATITUDE] = FIELD("latitude", 1, 7),
    [LONGITUDE] = FIELD("longitude", 1, 7),
    [SEQUENCE] = FIELD("sequence", 1, 0),
    [SPEED] = FIELD("speedMps", 36, 2),
    [HEADING] = FIELD("headingDegrees", 1, 2),
    [ALTITUDE] = FIELD("altitudeMeters", 1, 2),
    [ACCURACY] = FIELD("accuracyMeters", 1, 2),
    [ENGINE] = FIELD("engineRpm", 1, 2),
    [THROTTLE] = FIELD("throttlePercent", 1, 2),
    [LOAD] = FIELD("engineLoadPercent", 1, 2),
    [MASS_AIR_FLOW] = FIELD("massAirFlowGramsPerSecond", 1, 2),
    [FUEL_RATE] = FIELD("fuelRateLitersPerHour", 1, 2),
};

static inline int next_byte(const struct bytes *in) { return in->at < in->end ? *in->at : 0; }

static inline void skip_space(struct bytes *in) {
    while (in->at < in->end
           && (*in->at == ' ' || *in->at == '\n' || *in->at == '\r' || *in->at == '\t'))
        in->at++;
}

static inline bool pass(struct bytes *in, int byte) {
    skip_space(in);
    if (next_byte(in) != byte) return false;
    in->at++;
    skip_space(in);
    return true;
}

static inline bool take_string(struct bytes *in, struct bytes *text) {
    if (next_byte(in) != '"') return false;
    text->at = ++in->at;
    for (; in->at < in->end && *in->at != '"'; in->at++) {
        if (*in->at < 0x20) return false;
        if (*in->at == '\\' && ++in->at == in->end) return false;
    }
    text->end = in->at;
    return in->at++ < in->end;
}

static inline unsigned take_digits(struct bytes *in, uint64_t *significand) {
    const uint8_t *start = in->at;
    for (; in->at < in->end && (uint8_t)(*in->at - '0') <= 9; in->at++)
        *significand = *significand * 10 + (*in->at - '0');
    return in->at - start;
}

// Takes a number times the field's unit, rounded half away from zero; MISSING where it is too
// large, or should be whole and is not.
static inline bool take_number(struct bytes *in, const struct field *field, int64_t *scaled) {
    static const uint64_t tens[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000,
        1000000000, 10000000000, 100000000000, 1000000000000, 10000000000000, 100000000000000,
        1000000000000000, 10000000000000000, 100000000000000000};
    const uint8_t *start = in->at;
    bool is_negative = next_byte(in) == '-';
    uint64_t number = 0;
    unsigned fraction = 0;
    in->at += is_negative;
    bool is_zero = next_byte(in) == '0';
    unsigned digits = take_digits(in, &number);
    if (!digits || (is_zero && digits > 1)) return false;
    if (next_byte(in) == '.') {
        in->at++;
        fraction = take_digits(in, &number);
        if (!fraction) return false;
    }
    if ((next_byte(in) | 0x20) == 'e' || digits + fraction > 17) {
        char *end, text[64] = {0};
        size_t size = in->end - start < 63 ? in->end - start : 63;
        double value = strtod(memcpy(text, start, size), &end) * field->factor
            * tens[field->zeros];
        in->at = start + (end - text);
        *scaled = fabs(value) < 1e18 ? llround(value) : MISSING;
        return true;
    }
    number *= field->factor;
    if (fraction > (unsigned)field->zeros) {
        uint64_t power = tens[fraction - field->zeros];
        if (field->zeros == 0 && number % power) number = INT64_MAX;
        else number = (number + power / 2) / power;
    } else if (number > (uint64_t)INT64_MAX / tens[field->zeros - fraction]) {
        number = INT64_MAX;
    } else number *= tens[field->zeros - fraction];
    *scaled = is_negative ? -(int64_t)number : (int64_t)number;
    return true;
}

static inline bool skip_value(struct bytes *in, int depth) {
    struct bytes text;
    int64_t number;
    int open = next_byte(in), close = open == '{' ? '}' : ']';
    switch (open) {
    case '"': return take_string(in, &text);
    case '{': case '[':
        if (!depth) return false;
        in->at++;
        skip_space(in);
        if (pass(in, close)) return true;
        do if (open == '{' && !(take_string(in, &text) && pass(in, ':'))) return false;
        while (skip_value(in, depth - 1) && pass(in, ','));
        return pass(in, close);
    case 't': case 'n': case 'f': {
        const char *word = open == 't' ? "true" : open == 'n' ? "null" : "false";
        size_t size = strlen(word);
        if ((size_t)(in->end - in->at) < size || memcmp(in->at, word, size)) return false;
        in->at += size;
        return true;
    }
    default: return take_number(in, &FIELDS[TIME], &number);
    }
}

static inline bool two(const uint8_t *at, int most, int *value) {
    *value = (at[0] - '0') * 10 + at[1] - '0';
    return (uint8_t)(at[0] - '0') <= 9 && (uint8_t)(at[1] - '0') <= 9 && *value <= most;
}

// RFC 3339 in milliseconds; MISSING for anything else.
static inline int64_t time_of(struct bytes text) {
    int century, years, month, day, hour, minute, second, hours = 0, minutes = 0;
    const uint8_t *at = text.at;
    if (text.end - at < 20 || !two(at, 99, &century) || !two(at + 2, 99, &years)
        || !two(at + 5, 12, &month) || !two(at + 8, 31, &day) || !two(at + 11, 23, &hour)
        || !two(at + 14, 59, &minute) || !two(at + 17, 60, &second) || !month || !day)
        return MISSING;
    int64_t fraction = 0, unit = 100;
    if (*(at += 19) == '.')
        for (at++; at < text.end && (uint8_t)(*at - '0') <= 9; at++, unit /= 10)
            fraction += (*at - '0') * unit;
    int sign = at < text.end && *at == '-' ? -1 : 1;
    if (at == text.end) return MISSING;
    if ((*at | 0x20) != 'z'
        && (text.end - at != 6 || !two(at + 1, 23, &hours) || !two(at + 4, 59, &minutes)))
        return MISSING;
    int64_t year = century * 100 + years - (month <= 2), era = year / 400, of_era = year % 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t days = era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
    int64_t passed = days * 1440 + hour * 60 + minute - sign * (hours * 60 + minutes);
    return (passed * 60 + second) * 1000 + fraction;
}

static inline enum column column_of(struct bytes key) {
    for (enum column column = TIME; column < COLUMNS; column++)
        if (FIELDS[column].size == (size_t)(key.end - key.at) && FIELDS[column].name[0] == *key.at
            && memcmp(FIELDS[column].name, key.at, FIELDS[column].size) == 0)
            return column;
    return COLUMNS;
}

static inline void note(struct remark *remarks, uint32_t *count, uint32_t index,
                        enum column column) {
    if (*count < MOST_REMARKS) remarks[*count] = (struct remark){index, column};
    ++*count;
}

// Reads one member's value; MISSING where it cannot be used, with *is_bad set.
static inline bool take_member(struct bytes *in, enum column column, int64_t latest,
                               int64_t *value, bool *is_bad) {
    struct bytes text;
    int byte = next_byte(in);
    *value = MISSING;
    *is_bad = false;
    if (column == COLUMNS) return skip_value(in, MOST_DEPTH - 3);
    if (byte == '-' || (byte >= '0' && byte <= '9')) {
        if (!take_number(in, &FIELDS[column], value)) return false;
        if (column == HEADING && *value == 36000) *value = 0;
    } else if (byte == '"' && column == TIME) {
        if (!take_string(in, &text)) return false;
        *value = time_of(text);
    } else {
        *is_bad = byte != 'n';
        return skip_value(in, MOST_DEPTH - 3);
    }
    *is_bad = !in_range(column, *value) || (column == TIME && *value > latest);
    if (*is_bad) *value = MISSING;
    return true;
}

static inline bool take_point(struct bytes *in, struct upload *upload, uint32_t index,
                              int64_t latest) {
    struct points *points = &upload->points;
    struct bytes key;
    int64_t values[COLUMNS + 1];
    bool is_bad[COLUMNS + 1] = {false};
    for (enum column column = TIME; column <= COLUMNS; column++) values[column] = MISSING;
    if (!pass(in, '{')) return false;
    do {
        if (!take_string(in, &key) || !pass(in, ':')) return false;
        enum column column = column_of(key);
        if (!take_member(in, column, latest, &values[column], &is_bad[column])) return false;
    } while (pass(in, ','));
    if (!pass(in, '}')) return false;
    for (enum column column = TIME; column <= SEQUENCE; column++) {
        if (!is_bad[column] && (values[column] != MISSING || column == SEQUENCE)) continue;
        note(upload->rejected, &upload->rejected_count, index, column);
        return true;
    }
    for (enum column column = TIME; column < COLUMNS; column++) {
        if (is_bad[column]) note(upload->warnings, &upload->warning_count, index, column);
        points->value[column][points->count] = values[column];
        points->is_there[column] |= values[column] != MISSING;
    }
    points->count++;
    return true;
}

// Reads a body; false where it is no JSON, has no array of points, or has too many.
static inline bool parse_upload(struct bytes in, struct upload *upload, int64_t latest) {
    struct bytes key;
    bool has_points = false;
    upload->user = (struct bytes){(const uint8_t *)"anonymous", (const uint8_t *)"anonymous" + 9};
    upload->rejected_count = upload->warning_count = upload->points.count = 0;
    memset(upload->points.is_there, 0, sizeof upload->points.is_there);
    if (!pass(&in, '{')) return false;
    do {
        if (!take_string(&in, &key) || !pass(&in, ':')) return false;
        size_t size = key.end - key.at;
        if (size == 6 && memcmp(key.at, "userId", 6) == 0) {
            if (!take_string(&in, &upload->user)) return false;
        } else if (size == 6 && memcmp(key.at, "points", 6) == 0) {
            has_points = pass(&in, '[');
            uint32_t index = 0;
            do if (index == MOST_POINTS || !take_point(&in, upload, index++, latest)) return false;
            while (pass(&in, ','));
            if (!has_points || !pass(&in, ']')) return false;
        } else if (!skip_value(&in, MOST_DEPTH - 1)) return false;
    } while (pass(&in, ','));
    return pass(&in, '}') && in.at == in.end && has_points;
}

#endif
