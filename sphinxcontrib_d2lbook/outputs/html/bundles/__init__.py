"""Load the style sheets and scripts of the theme and of extensions as few files, with only the icons that are used."""
