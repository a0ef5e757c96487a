def ty_le(dat, thuoc_dien):
    return 100 * dat / thuoc_dien
