/* --- What operating systems, network storage and sync clients leave behind, in lower case. The program reads this
   table too, so it has to be JSON between the outer braces. `files` and `folders` may be anywhere, `top_folders` only
   at the top of the disc; an asterisk stands for any characters. */

var OS_METADATA = {
  "files": [
    ".ds_store", "._*", ".apdisk", ".localized", ".volumeicon.icns", ".metadata_never_index", "icon\r",
    "thumbs.db", "thumbs.db:encryptable", "ehthumbs.db", "ehthumbs_vista.db", "desktop.ini", "folder.htt",
    ".directory", ".nomedia", ".nfs0*", ".smbdelete*", ".fuse_hidden*", ".~lock.*#",
    "~$*.doc", "~$*.docm", "~$*.docx", "~$*.dot", "~$*.dotm", "~$*.dotx", "~$*.rtf", "~$*.xls", "~$*.xlsb", "~$*.xlsm",
    "~$*.xlsx", "~$*.ppt", "~$*.pptm", "~$*.pptx", "~$*.pps", "~$*.ppsx", "~$*.pub", "~$*.vsd", "~$*.vsdx", "~$*.mpp",
    ".849c9593-d756-4e56-8d6e-42412f2a707b", ".nextcloudsync.log", ".csync_journal.db", ".sync_*.db", ".sync_*.db-shm",
    ".sync_*.db-wal", ":2eds_store", ":2e_*", ".com.apple.timemachine.donotpresent", "desktop db", "desktop df",
    "*:zone.identifier", ".com.apple.timemachine.supported", ".picasa.ini", "~wrl*.tmp", ".syncthing.*.tmp", "~syncthing~*.tmp",
    "wmpinfo.xml", "albumartsmall.jpg", "albumart_{*.jpg", ".dropbox", ".dropbox.attr", ".sync.ffs_db", ".sync.ffs_lock", ".owncloudsync.log", ".stignore", ".megaignore",
    "bootex.log", "readyboost.sfcache", ".hotfiles.btree", ".journal", ".journal_info_block", ".afpdeleted*",
    ".nextcloudsync.log.*", ".owncloudsync.log.*", "sync.ffs_db", "synctoy_*.dat", ".bridgecache", ".bridgecachet", ".trashed-*", ".pending-*"
  ],
  "folders": [
    "@eadir", "#recycle", "@recycle", "@recently-snapshot", ".@__thumb", ".appledouble", ".appledb", ".appledesktop",
    "__macosx", "#snapshot", "@tmp", ".streams", ".~tmp~", ".@upload_cache", ".snapshot", "~snapshot", ".zfs", ".thumbnails", ".synologyworkingdirectory"
  ],
  "top_folders": [
    "system volume information", "$recycle.bin", "recycler", "recycled", "$extend", "found.000", "found.001", "found.002",
    "found.003", "found.004", "found.005", "found.006", "found.007", "found.008", "found.009", "found.010", "found.011", "found.012",
    ".bzvol", "msdownld.tmp", ".pkinstallsandboxmanager", ".tmp.driveupload", ".wdmc",
    ".spotlight-v100", ".fseventsd", ".trashes", ".trash", ".trash-*", ".temporaryitems", ".documentrevisions-v100",
    ".hfs+ private directory data\r", "network trash folder", "temporary items",
    "lost+found", "lost.dir", ".android_secure", ".snapshots", ".recycle", ".sync", ".stfolder", ".stversions",
    ".dropbox.cache", ".tmp.drivedownload", "_gsdata_", ".debris"
  ]
};
