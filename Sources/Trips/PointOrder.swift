extension Point {
    /// Whether this reading comes before another in a trip: by time, then by sequence, with
    /// unnumbered readings first. Two readings of one trip never tie: they would share identity.
    public func isBefore(_ other: Point) -> Bool {
        if timeMilliseconds != other.timeMilliseconds {
            return timeMilliseconds < other.timeMilliseconds
        }
        return sequence < other.sequence
    }

    /// Whether both are the same reading: the same sequence, or the same time where neither has
    /// one.
    public func isSameReading(as other: Point) -> Bool {
        sequence == other.sequence
            && (sequence != Point.unnumbered || timeMilliseconds == other.timeMilliseconds)
    }

    /// Whether this content wins over another for one reading: the smaller canonical encoding.
    ///
    /// The canonical encoding is the time, then the position, then the sensors in the order of
    /// the fields, each as a big-endian number; a sensor that said nothing comes last, so that of
    /// two readings alike the fuller one wins.
    public func wins(over other: Point) -> Bool {
        if timeMilliseconds != other.timeMilliseconds {
            return timeMilliseconds < other.timeMilliseconds
        }
        if latitudeE7 != other.latitudeE7 { return latitudeE7 < other.latitudeE7 }
        if longitudeE7 != other.longitudeE7 { return longitudeE7 < other.longitudeE7 }
        for reading in PointLimits.readings {
            let a = self[keyPath: reading.field]
            let b = other[keyPath: reading.field]
            if a != b {
                return b == Point.missing || (a != Point.missing && a < b)
            }
        }
        return false
    }
}
