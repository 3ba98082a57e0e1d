"""The measurements that the README quotes: ratios within one run, never times of one machine."""
