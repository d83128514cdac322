/* What the bodies of answers say. */
#ifndef DOCUMENTS_H
#define DOCUMENTS_H
#include <stdbool.h>
#include <stddef.h>

struct text {
    const char *at, *end;
};

struct document {
    struct text id;
    long readings, version;
    char hash[24]; /* of the rules */
};

/* Where the words end in the text; NULL where they are not in it. */
const char *after(struct text text, const char *words);
/* The number after the words; -1 where they are not there. */
long number_after(struct text text, const char *words);
/* The next trip, which is then behind `text->at`; false after the last. */
bool next_document(struct text *text, struct document *document);
/* How many values the list has that begins after the words; -1 where there is none. */
long values_after(struct text text, const char *words);
/* What stands after the words up to a mark. */
bool word_after(struct text text, const char *words, char mark, char *to, size_t room);

#endif
