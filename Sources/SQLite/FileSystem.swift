import CSQLite

/// Which file systems SQLite's locks and shared memory can be trusted on.
public enum FileSystem {
    /// The name of the network or user-space file system that has this magic number, as
    /// `statfs` gives it; nil for any other.
    public static func untrusted(magic: Int) -> String? {
        switch UInt32(truncatingIfNeeded: magic) {
        case 0x6969: "NFS"
        case 0x517b: "SMB"
        case 0xff53_4d42: "CIFS"
        case 0xfe53_4d42: "SMB2"
        case 0x0102_1997: "9p"
        case 0x6573_5546: "FUSE"
        case 0x00c3_6400: "Ceph"
        case 0x5346_414f: "AFS"
        case 0x7375_7245: "Coda"
        case 0x0bd0_0bd0: "Lustre"
        case 0x4750_4653: "GPFS"
        case 0x0116_1970: "GFS2"
        case 0x564c: "NCP"
        default: nil
        }
    }

    /// The name of the untrusted file system that the path lies on; nil where it lies on a
    /// local one, or where the path does not exist.
    public static func untrusted(path: String) -> String? {
        untrusted(magic: tacho_file_system_magic(path))
    }
}
