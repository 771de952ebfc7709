/* --- What operating systems, network storage and sync clients leave behind, in lower case. The program reads this
   table too, so it has to be JSON between the outer braces. `files` and `folders` may be anywhere, `top_folders` only
   at the top of the disc; those that end with an asterisk are beginnings of names. */

var OS_METADATA = {
  "files": [
    ".ds_store", "._*", ".apdisk", ".localized", ".volumeicon.icns", ".metadata_never_index", "icon\r",
    "thumbs.db", "thumbs.db:encryptable", "ehthumbs.db", "ehthumbs_vista.db", "desktop.ini", "folder.htt",
    ".directory", ".nomedia", ".nfs0*", ".smbdelete*", ".fuse_hidden*", "~$*", ".~lock.*",
    ".dropbox", ".dropbox.attr", ".sync.ffs_db", ".sync.ffs_lock", ".owncloudsync.log", ".stignore"
  ],
  "folders": [
    "@eadir", "#recycle", "@recycle", "@recently-snapshot", ".@__thumb", ".appledouble", ".appledb", ".appledesktop",
    "__macosx", ".snapshot", "~snapshot", ".zfs"
  ],
  "top_folders": [
    "system volume information", "$recycle.bin", "recycler", "recycled", "$extend", "found.0*",
    ".spotlight-v100", ".fseventsd", ".trashes", ".trash", ".trash-*", ".temporaryitems", ".documentrevisions-v100",
    ".hfs+ private directory data\r", "network trash folder", "temporary items",
    "lost+found", "lost.dir", ".android_secure", ".snapshots", ".recycle", ".sync", ".stfolder", ".stversions",
    ".dropbox.cache", ".tmp.drivedownload"
  ]
};
