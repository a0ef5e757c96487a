const PAGES = { start: renderStart, bar: renderBar, review: renderReview };

export default {
  render({ model, el }) {
    return PAGES[model.get("view").kind](model, el);
  },
};
